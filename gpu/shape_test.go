package gpu

import "testing"

// hopper tells how many blocks of a kernel with 128 registers a multiprocessor of an H100 holds: 16 warps.
func hopper(threads int) int { return 16 / ((threads + warp - 1) / warp) }

// The inside is tested here because from outside a shape shows on a GPU only.
func TestShapesFillWarps(t *testing.T) {
	for _, c := range []struct {
		nodes, precision             int
		members, blocks, teams, regs int
	}{
		{1, 32, 1, 1, 64, 128}, {2, 64, 2, 1, 64, 255}, {68, 32, 68, 1, 3, 144}, {68, 64, 68, 1, 1, 255}, {90, 32, 90, 1, 1, 136},
		{512, 32, 512, 1, 1, 128}, {512, 64, 512, 4, 64, 255}, {513, 32, 515, 5, 64, 128}, {4000, 32, 4000, 32, 64, 128}, {16384, 32, 16384, 64, 64, 128},
	} {
		s := shapeOf(c.nodes, c.precision, Options{})
		regs := min(255, 65536/(whole(s.threads, warp)*s.resident)/8*8)
		if s.members != c.members || s.blocks != c.blocks || s.teams != c.teams || regs != c.regs {
			t.Errorf("%d nodes, %d bits: %+v, %d registers; want %+v", c.nodes, c.precision, s, regs, c)
		}
	}
}

func TestShapesThatAreChosen(t *testing.T) {
	for _, c := range []struct {
		nodes int
		o     Options
		want  shape
	}{
		{68, Options{Points: 2}, shape{68, 1, 2, 512, 160, 3}},
		{68, Options{Members: 34}, shape{34, 1, 7, 512, 256, 2}},
		{68, Options{Blocks: 2}, shape{68, 2, mostWide, 512, 34, 8}},
		{4000, Options{Blocks: 1}, shape{500, 1, 1, 512, 512, 1}},
		{4000, Options{Points: 1}, shape{500, 1, 1, 512, 512, 1}},
		{4000, Options{Blocks: 4}, shape{2000, 4, mostWide, 512, 500, 1}},
		{100000, Options{}, shape{25024, 64, mostWide, 512, 391, 1}},
	} {
		if s := shapeOf(c.nodes, 32, c.o); s != c.want {
			t.Errorf("%d nodes, %+v: %+v, want %+v", c.nodes, c.o, s, c.want)
		}
		if err := c.o.check(32); err != nil {
			t.Error(err)
		}
	}
	for _, o := range []Options{{Points: -1}, {Points: 65}, {Members: 513}, {Blocks: -1}, {Blocks: 4, Members: 8}, {Blocks: 4, Points: 2}} {
		if o.check(32) == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	// A GPU that holds 40 blocks at a time, 32 of which are a point.
	if s := shapeOf(4000, 32, Options{}); s.together(7, 40) != 1 || s.together(7, 64) != 2 || s.together(1, 500) != 1 || s.together(1, 31) != 0 {
		t.Error("teams under way at a time")
	}
}

func TestChoice(t *testing.T) {
	const processors = 132
	s := shapeOf(68, 32, Options{})
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
