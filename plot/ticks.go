package plot

import (
	"math"
	"strconv"

	gonum "gonum.org/v1/plot"
)

// roundTicks puts labelled ticks at 1, 2 or 5 times a power of ten, four to eight of them where the limits allow it.
type roundTicks struct{}

// Ticks gives the ticks from least to most. It makes roundTicks a gonum Ticker.
func (roundTicks) Ticks(least, most float64) []gonum.Tick {
	span := most - least
	if !(span > 0) || math.IsInf(span, 0) {
		return []gonum.Tick{{Value: least, Label: short(least)}}
	}
	const few = 4
	power := math.Floor(math.Log10(span / few))
	step := math.Pow(10, power)
	for _, factor := range []float64{5, 2} {
		if span/(factor*math.Pow(10, power)) >= few {
			step = factor * math.Pow(10, power)
			break
		}
	}
	digits := max(0, int(-math.Floor(math.Log10(step)+1e-9)))
	var ticks []gonum.Tick
	for i := math.Ceil(least/step - 1e-9); i*step <= most+1e-9*step; i++ {
		value := i * step
		label := strconv.FormatFloat(value, 'f', digits, 64)
		if math.Abs(value) >= 1e5 || digits > 4 {
			label = short(value)
		}
		if value == 0 {
			label = "0"
		}
		ticks = append(ticks, gonum.Tick{Value: value, Label: label})
	}
	return ticks
}

// decades puts ticks at powers of ten, at most six of them with labels, and small ones between where there is room.
type decades struct{}

// Ticks gives the ticks from least to most, both above zero. It makes decades a gonum Ticker.
func (decades) Ticks(least, most float64) []gonum.Tick {
	first, last := int(math.Floor(math.Log10(least)+1e-9)), int(math.Ceil(math.Log10(most)-1e-9))
	every := max(1, (last-first+5)/6)
	var ticks []gonum.Tick
	for k := first; k <= last; k++ {
		power := math.Pow10(k)
		for factor := 1.0; factor < 10; factor++ {
			if factor > 1 && every > 1 {
				break
			}
			value := factor * power
			if value < least*(1-1e-9) || value > most*(1+1e-9) {
				continue
			}
			tick := gonum.Tick{Value: value}
			if factor == 1 && k%every == 0 {
				tick.Label = strconv.FormatFloat(power, 'g', -1, 64)
			}
			ticks = append(ticks, tick)
		}
	}
	return ticks
}
