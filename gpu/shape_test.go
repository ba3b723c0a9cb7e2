package gpu

import "testing"

// hopper tells how many blocks of a kernel with 128 registers a multiprocessor of an H100 holds: 16 warps.
func hopper(threads int) int { return 16 / ((threads + warp - 1) / warp) }

// The inside is tested here because from outside a shape shows on a GPU only.
func TestShapesFillWarps(t *testing.T) {
	for _, c := range []struct {
		nodes, precision, members, teams int
	}{
		{1, 32, 1, 8}, {2, 64, 2, 8}, {68, 32, 68, 4}, {68, 64, 68, 2}, {90, 32, 90, 3}, {512, 32, 512, 1}, {512, 64, 256, 1},
		{513, 32, 257, 1}, {1024, 32, 512, 1}, {4000, 32, 500, 1},
	} {
		if s := shapeOf(c.nodes, c.precision, 0); s.members != c.members || s.teams != c.teams {
			t.Errorf("%d nodes, %d bits: %d members, %d teams; want %d, %d", c.nodes, c.precision, s.members, s.teams, c.members, c.teams)
		}
	}
	if s := shapeOf(68, 32, 2); s.teams != 2 {
		t.Errorf("%d teams, 2 are allowed", s.teams)
	}
}

func TestChoice(t *testing.T) {
	const processors = 132
	s := shapeOf(68, 32, 0)
	if best := s.choose(1, processors, hopper); best != 1 {
		t.Errorf("one team: %d in a block", best)
	}
	// 256 teams in pairs are 128 blocks, one for each multiprocessor; single ones would be two for most of them.
	few := s.choose(256, processors, hopper)
	many := s.choose(100000, processors, hopper)
	t.Logf("256 teams: %d in a block, 100000 teams: %d", few, many)
	if few > 2 {
		t.Errorf("256 teams: %d in a block leave multiprocessors without work", few)
	}
	// Lanes in use of those that run: 68 nodes of one team fill 71 %, of seven 99 %.
	threads := many * s.members
	if fill := float64(threads) / float64((threads+warp-1)/warp*warp); fill < 0.85 || hopper(threads) < 2 {
		t.Errorf("many teams: %d in a block fill %.2f of their warps, %d blocks at a time", many, fill, hopper(threads))
	}
	if none := s.choose(10, processors, func(int) int { return 0 }); none != 0 {
		t.Error("a block that fits nowhere is chosen")
	}
}
