package metrics

// gram adds to dst, m x m, the products of every two of m rows: dst[i*m+j] += sum_t rows[i][t] rows[j][t] for i <= j.
// The lower triangle is left alone. Rows have equal lengths. A tile of times is taken at once, so that all rows of it
// stay in the cache.
func gram(dst []float64, rows [][]float64) {
	if len(rows) == 0 {
		return
	}
	const tile = 512
	for from := 0; from < len(rows[0]); from += tile {
		to := min(from+tile, len(rows[0]))
		even := from
		if wide && to-from >= 4 {
			even = to - (to-from)%4
			gramWide(dst, rows, from, even)
		}
		if even < to {
			gramPlain(dst, rows, even, to)
		}
	}
}

// gramWide does it for the times from ... to-1, a multiple of four, three rows by four at once. Beyond the last row the
// last one is taken again, and what comes of it is dropped.
func gramWide(dst []float64, rows [][]float64, from, to int) {
	m := len(rows)
	var a [3]*float64
	var b [4]*float64
	var sums [12]float64
	for i := 0; i < m; i += len(a) {
		for k := range a {
			a[k] = &rows[min(i+k, m-1)][from]
		}
		for j := i; j < m; j += len(b) {
			for l := range b {
				b[l] = &rows[min(j+l, m-1)][from]
			}
			dots3x4(&sums, &a, &b, to-from)
			for k := 0; k < len(a) && i+k < m; k++ {
				for l := max(0, i+k-j); l < len(b) && j+l < m; l++ {
					dst[(i+k)*m+j+l] += sums[k*len(b)+l]
				}
			}
		}
	}
}

// gramPlain does it for any times, on any machine, two rows by two at once.
func gramPlain(dst []float64, rows [][]float64, from, to int) {
	m := len(rows)
	for i := 0; i < m; i += 2 {
		a, b := rows[i][from:to], rows[min(i+1, m-1)][from:to]
		for j := i; j < m; j += 2 {
			c, d := rows[j][from:to], rows[min(j+1, m-1)][from:to]
			ac, ad, bc, bd := dots(a, b, c, d)
			dst[i*m+j] += ac
			if j+1 < m {
				dst[i*m+j+1] += ad
			}
			if i+1 < m && j > i {
				dst[(i+1)*m+j] += bc
			}
			if i+1 < m && j+1 < m {
				dst[(i+1)*m+j+1] += bd
			}
		}
	}
}

// dots are the products of a and b with c and d.
func dots(a, b, c, d []float64) (ac, ad, bc, bd float64) {
	b, c, d = b[:len(a)], c[:len(a)], d[:len(a)]
	for t, x := range a {
		y, u, v := b[t], c[t], d[t]
		ac += float64(x * u)
		ad += float64(x * v)
		bc += float64(y * u)
		bd += float64(y * v)
	}
	return ac, ad, bc, bd
}
