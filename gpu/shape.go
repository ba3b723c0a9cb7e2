package gpu

import "fmt"

// shape is how a team lies on a GPU.
type shape struct {
	members  int // threads of a team
	blocks   int // of a team; more than 1 where a block does not hold its nodes
	teams    int // of a block at most, or, of teams of several blocks, under way at a time
	most     int // threads of a multiprocessor that have registers
	threads  int // of a block at most
	resident int // blocks that a multiprocessor is to hold: with threads it bounds the registers
}

const (
	warp       = 32  // threads that run in step
	schedulers = 4   // of a multiprocessor: each has every fourth warp of a block
	mostTeams  = 64  // of a block
	blockSize  = 128 // threads of each block of a large team
	mostBlocks = 64  // of a team, unless the user wants more
	shared     = 9   // sixteenths of a multiprocessor's threads for which a block has shared memory: 4 points of 68 take 44 of 48 KB
	mostWide   = 64  // teams of several blocks that are under way at a time
)

// mostThreads of a multiprocessor that may have 128 registers each, or 255 where a number takes two; and so of a block.
func mostThreads(precision int) int { return 16384 / precision }

// shapeOf gives one thread to each node as far as there are threads. A team whose nodes do not fit a block gets several.
// What o decides stands. The shape rests on nothing else: all launches of a program compute with the same code.
func shapeOf(nodes, precision int, o Options) shape {
	most := mostThreads(precision)
	blocks := o.Blocks
	if blocks == 0 {
		blocks = 1
		if nodes > most && o.Members == 0 && o.Points == 0 {
			blocks = min(mostBlocks, (nodes+blockSize-1)/blockSize)
		}
	}
	if blocks > 1 {
		return wideShape(nodes, most, blocks)
	}
	members := o.Members
	if members == 0 {
		turns := (nodes + most - 1) / most
		members = (nodes + turns - 1) / turns
	}
	s := shape{members: min(members, nodes), blocks: 1, most: most}
	teams := s.fill(most * shared / 16)
	if o.Points > 0 {
		teams = min(o.Points, max(1, most/s.members))
	}
	return s.of(teams)
}

// of is s with so many teams in a block, which a team of several blocks does not share.
func (s shape) of(teams int) shape {
	if s.blocks > 1 {
		return s
	}
	s.teams = teams
	s.threads = whole(s.teams*s.members, warp)
	s.resident = max(1, s.most/s.threads)
	return s
}

// wideShape deals the nodes out to so many blocks.
func wideShape(nodes, most, blocks int) shape {
	each := (nodes + blocks - 1) / blocks
	turns := (each + most - 1) / most
	local := (each + turns - 1) / turns
	return shape{members: local * blocks, blocks: blocks, teams: mostWide, most: most, threads: local, resident: max(1, most/whole(local, warp))}
}

// fill is the number of teams of a block of at most so many threads with which most lanes work: warps are dealt out to the schedulers block by
// block, a warp that is not full wastes the rest, and few warps leave a scheduler waiting.
func (s shape) fill(threads int) int {
	best, share := 1, 0.0
	for teams := 1; teams == 1 || teams <= mostTeams && teams*s.members <= threads; teams++ {
		warps := (teams*s.members + warp - 1) / warp
		blocks := s.most / (warps * warp)
		if blocks == 0 {
			continue
		}
		turns := (warps + schedulers - 1) / schedulers
		enough := 0.75 * float64(s.most) / warp
		work := float64(teams*s.members) / float64(turns*schedulers*warp) * min(1, float64(blocks*warps)/enough)
		if work > share {
			best, share = teams, work
		}
	}
	return best
}

func whole(n, of int) int { return (n + of - 1) / of * of }

// check tells what of the user's choices a GPU cannot do.
func (o Options) check(precision int) error {
	most := mostThreads(precision)
	switch {
	case o.Points < 0 || o.Points > mostTeams:
		return fmt.Errorf("gpu: %d points of a block; 1 to %d", o.Points, mostTeams)
	case o.Members < 0 || o.Members > most:
		return fmt.Errorf("gpu: %d threads of a point; 1 to %d in %d bits", o.Members, most, precision)
	case o.Blocks < 0 || o.Blocks > 1024:
		return fmt.Errorf("gpu: %d blocks of a point; 1 to 1024", o.Blocks)
	case o.Blocks > 1 && (o.Points > 1 || o.Members > 0):
		return fmt.Errorf("gpu: a point of %d blocks shares none with others, and its threads follow from the blocks", o.Blocks)
	}
	return nil
}

// choose gives the number of teams of a block with which a launch of teams ends first. resident tells how many blocks
// of so many threads a multiprocessor holds.
func (s shape) choose(teams, processors int, resident func(threads int) int) (best int) {
	// Fewer warps than this leave a multiprocessor waiting for results of its own.
	const busy = 16
	least := 0.0
	for each := 1; each <= s.teams; each++ {
		threads := each * s.members
		held := resident(threads)
		if held == 0 {
			continue
		}
		blocks := (teams + each - 1) / each
		held = min(held, (blocks+processors-1)/processors)
		waves := (blocks + processors*held - 1) / (processors * held)
		warps := held * whole((threads+warp-1)/warp, schedulers)
		cost := float64(waves * max(busy, warps))
		if held == 1 {
			cost *= 1.2 // nothing runs beside a block that waits at a barrier
		}
		if best == 0 || cost < least {
			best, least = each, cost
		}
	}
	return best
}

// together is how many teams of several blocks are under way at a time on a GPU that holds so many blocks in all; 0 where
// it does not hold one.
func (s shape) together(teams, held int) int { return min(teams, s.teams, held/s.blocks) }
