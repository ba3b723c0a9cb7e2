package plot

import (
	"fmt"
	"image/color"
	"math"
)

// Colours is a colour map: colours at even distances, with straight lines in sRGB between them.
type Colours []color.RGBA

// Viridis goes from dark blue to yellow, ever lighter, and reads the same for people who tell red from green badly. The
// ten colours are those of viridis(10) in the R package viridisLite (S. van der Walt and N. Smith, 2015, CC0).
func Viridis() Colours {
	return hex(0x440154, 0x482878, 0x3e4a89, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6dcd59, 0xb4de2c, 0xfde725)
}

// RdBu goes from blue over white to red, for values around zero. The eleven colours are those of ColorBrewer's RdBu in
// reverse (C. Brewer, 2002), which is safe for people who tell red from green badly.
func RdBu() Colours {
	return hex(0x053061, 0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7, 0xfddbc7, 0xf4a582, 0xd6604d, 0xb2182b, 0x67001f)
}

func hex(codes ...uint32) Colours {
	var c Colours
	for _, code := range codes {
		c = append(c, color.RGBA{uint8(code >> 16), uint8(code >> 8), uint8(code), 255})
	}
	return c
}

// Hex writes the colours as pages and style sheets do: #440154.
func (c Colours) Hex() []string {
	var texts []string
	for _, at := range c {
		texts = append(texts, fmt.Sprintf("#%02x%02x%02x", at.R, at.G, at.B))
	}
	return texts
}

// At is the colour at t from 0 to 1; beyond, that of the end. NaN is grey.
func (c Colours) At(t float64) color.RGBA {
	if math.IsNaN(t) {
		return color.RGBA{0xc8, 0xc8, 0xc8, 255}
	}
	t = min(max(t, 0), 1) * float64(len(c)-1)
	i := min(int(t), len(c)-2)
	part := t - float64(i)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + part*(float64(b)-float64(a)))) }
	return color.RGBA{mix(c[i].R, c[i+1].R), mix(c[i].G, c[i+1].G), mix(c[i].B, c[i+1].B), 255}
}
