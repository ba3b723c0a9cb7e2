package metrics

// gram adds to dst, m x m, the products of every two of m rows: dst[i*m+j] += sum_t rows[i][t] rows[j][t] for i <= j.
// The lower triangle is left alone. Rows have equal lengths. A tile of times is taken at once, so that all rows of it
// stay in the cache.
func gram(dst []float64, rows [][]float64) {
	if len(rows) == 0 {
		return
	}
	const tile = 256
	for from := 0; from < len(rows[0]); from += tile {
		gramTile(dst, rows, from, min(from+tile, len(rows[0])))
	}
}

// gramTile does it for the times from ... to-1, for two rows by two at once.
func gramTile(dst []float64, rows [][]float64, from, to int) {
	m := len(rows)
	for i := 0; i < m; i += 2 {
		a := rows[i][from:to]
		second := i+1 < m
		b := a
		if second {
			b = rows[i+1][from:to]
		}
		for j := i; j < m; j += 2 {
			c := rows[j][from:to]
			d := c
			if j+1 < m {
				d = rows[j+1][from:to]
			}
			ac, ad, bc, bd := dots(a, b, c, d)
			dst[i*m+j] += ac
			if j+1 < m {
				dst[i*m+j+1] += ad
			}
			if second && j > i {
				dst[(i+1)*m+j] += bc
			}
			if second && j+1 < m {
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
