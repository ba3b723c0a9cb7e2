package gpu

// shape is how a team lies on a GPU.
type shape struct {
	members int // threads of a team
	teams   int // of a block at most
	threads int // of a block at most, which bounds the registers of each to 65536/threads
}

const (
	warp      = 32 // threads that run in step
	mostTeams = 8  // of a block
)

// mostThreads of a block: each may have 128 registers, or 255 where a number takes two.
func mostThreads(precision int) int { return 16384 / precision }

// mostShared is the most threads of a block that several teams share: 4 teams of 68 fill 9 warps to 94 %, and their
// STORED values 40 of the 48 KB that a block has. In double it is half of both.
func mostShared(precision int) int { return 9216 / precision }

// shapeOf gives one thread to each node as long as they fit a block; beyond that nodes are dealt out evenly.
// most limits the teams of a block; 0 is no limit.
func shapeOf(nodes, precision, most int) shape {
	threads := mostThreads(precision)
	turns := (nodes + threads - 1) / threads
	members := (nodes + turns - 1) / turns
	teams := min(mostTeams, max(1, min(threads, mostShared(precision))/members))
	if most > 0 {
		teams = min(teams, most)
	}
	return shape{members, teams, threads}
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
		warps := held * ((threads + warp - 1) / warp)
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
