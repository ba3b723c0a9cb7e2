/* walks: detrended fluctuation analysis of a unit of a series. number is { scales, number of the unit's first sample, and of
   each scale: its length, and the sample where its last whole window ends }. table is what is subtracted from each node, and
   then of each scale five rows of TILES*W: the walk in the window under way, sums of the walk, its squares and its product
   with the place in the window less the window's middle, and the residuals of the windows that have ended; out has the rows
   after the unit. A walk begins with 0 in each window: the line that is taken off has no need of more. */
enum { WALK, SUM, SQUARES, PRODUCT, RESIDUAL, ROWS_OF_A_SCALE };

struct walk { lane sum[2], squares[2], product[2]; };

/* walked adds the places from ... to-1 of y, of which the first has the place k relative to the middle. */
FUNC void walked(struct walk *w, const lane *y, i64 from, i64 to, lane base, double k) {
	struct walk v = *w;
	i64 t = from;
	for (; t + 2 <= to; t += 2, k += 2) {
		const lane a = y[t] + base, b = y[t + 1] + base;
		v.sum[0] += a;
		v.sum[1] += b;
		v.squares[0] += a * a;
		v.squares[1] += b * b;
		v.product[0] += a * k;
		v.product[1] += b * (k + 1);
	}
	if (t < to) {
		const lane a = y[t] + base;
		v.sum[0] += a;
		v.squares[0] += a * a;
		v.product[0] += a * k;
	}
	*w = v;
}

KERNEL(walks) {
	enum { SOME = 256 }; /* samples whose walk stays in the nearest cache */
	SHARED(lane, y, SOME);
	const i64 scales = A->number[0], begin = A->number[1], rows = ROWS_OF_A_SCALE * TILES * W;
	for (i64 k = 0; k < scales * rows; k++) A->out[k] = A->table[TILES * W + k];
	for (i64 tile = 0; tile < TILES; tile++) {
		const lane shift = at(A->table + tile * W);
		for (i64 first = 0; first < A->samples; first += SOME) {
			const i64 count = A->samples - first < SOME ? A->samples - first : SOME;
			lane sum = all(0);
			for (i64 t = 0; t < count; t++) y[t] = sum += sample(A, first + t, tile) - shift;
			for (i64 s = 0; s < scales; s++) {
				const i64 n = A->number[2 + 2 * s], end = A->number[3 + 2 * s] - begin - first, left = count < end ? count : end;
				const double middle = (double)(n - 1) / 2, spread = (double)n * ((double)n * n - 1) / 12;
				double *state = A->out + s * rows + tile * W;
				lane base = at(state + WALK * TILES * W), residual = at(state + RESIDUAL * TILES * W);
				struct walk w = { { at(state + SUM * TILES * W) }, { at(state + SQUARES * TILES * W) }, { at(state + PRODUCT * TILES * W) } };
				for (i64 t = 0; t < left;) {
					const i64 k = (begin + first + t) % n, stop = t + n - k < left ? t + n - k : left;
					if (k == 0) {
						w = (struct walk){};
						base = -y[t];
					}
					walked(&w, y, t, stop, base, (double)k - middle);
					t = stop;
					if ((begin + first + t) % n == 0) {
						const lane u = w.sum[0] + w.sum[1], p = w.product[0] + w.product[1];
						const lane rest = w.squares[0] + w.squares[1] - u * u / (double)n - p * p / spread;
						residual += where((mask)~(rest < 0), rest);
					}
				}
				put(state + WALK * TILES * W, base + y[count - 1]);
				put(state + SUM * TILES * W, w.sum[0] + w.sum[1]);
				put(state + SQUARES * TILES * W, w.squares[0] + w.squares[1]);
				put(state + PRODUCT * TILES * W, w.product[0] + w.product[1]);
				put(state + RESIDUAL * TILES * W, residual);
			}
		}
	}
}
