package metrics

import "golang.org/x/sys/cpu"

// wide tells whether this machine has the instructions of the assembly below: four numbers at once, multiplied and added.
var wide = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// dots3x4 fills dst with the products of three rows with four, over n places, a multiple of 4.
//
//go:noescape
func dots3x4(dst *[12]float64, a *[3]*float64, b *[4]*float64, n int)

// fir fills dst, n numbers, a multiple of 16, with sum_k weights[k] x[t+k] over taps weights.
//
//go:noescape
func fir(dst, x, weights *float64, taps, n int)

// rotate fills r rows of dst with a complex r x r matrix times r rows of src, count numbers each, a multiple of 4. Rows are
// apart by numbers of places; real and imaginary parts lie in places of their own. The matrix has pairs of real and
// imaginary parts, row by row.
//
//go:noescape
func rotate(dstRe, dstIm, srcRe, srcIm, matrix *float64, dstApart, srcApart, r, count int)
