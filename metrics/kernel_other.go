//go:build !amd64

package metrics

const wide = false

func dots3x4(dst *[12]float64, a *[3]*float64, b *[4]*float64, n int) {
	panic("metrics: no such kernel")
}
func fir(dst, x, weights *float64, taps, n int) { panic("metrics: no such kernel") }
func rotate(dstRe, dstIm, srcRe, srcIm, matrix *float64, dstApart, srcApart, r, count int) {
	panic("metrics: no such kernel")
}
