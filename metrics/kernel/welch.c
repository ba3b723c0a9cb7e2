/* A plan of transforms of length n = rows x columns, as Go's newPlan lays it out. */
struct plan {
	i64 n, rows, columns;
	i64 stride;
	const i64 *row_factors, *column_factors; /* of the lengths of columns (rows of them) and of rows */
	const double *by_column, *by_row; /* exp(-2 pi i t2 k1/n), [t2][k1] and [k1][t2] */
	const double *row_turns, *column_turns;
	const double *rest; /* what follows in the table */
};

FUNC i64 pass_turns(i64 n, const i64 *factor) {
	i64 total = 0;
	for (; *factor; factor++) {
		n /= *factor;
		total += 2 * (*factor - 1) * n;
	}
	return total;
}

FUNC struct plan plan_of(const i64 *number, const double *table) {
	struct plan p = { number[0], number[1], number[2], number[2] | 1, number + 3 };
	const i64 *f = p.row_factors;
	while (*f) f++;
	p.column_factors = f + 1;
	p.by_column = table;
	p.by_row = p.rows == p.columns ? table : table + 2 * p.n;
	p.row_turns = p.by_row + 2 * p.n;
	p.column_turns = p.row_turns + pass_turns(p.rows, p.row_factors);
	p.rest = p.column_turns + pass_turns(p.columns, p.column_factors);
	return p;
}

/* column_fft transforms a column, from cells apart, to column t2 of a matrix, and turns what is for k1 by exp(-2 pi i t2 k1/n). */
FUNC void column_fft(const struct plan *p, cell *to, const cell *column, i64 from, i64 t2, struct line *scratch) {
	line_fft(to, p->stride, column, from, p->rows, p->row_factors, p->row_turns, p->by_column + 2 * t2 * p->rows, scratch);
}

FUNC void row_fft(const struct plan *p, cell *to, const cell *row, const double *ends, struct line *scratch) {
	line_fft(to, 1, row, 1, p->columns, p->column_factors, p->column_turns, ends, scratch);
}

FUNC lane scaled(lane x, lane centre, lane scale) { return where((mask)(scale != 0), (x - centre) * scale); }

/* Samples of a tile that are read next: a series is longer than the caches, and the arithmetic leaves time to fetch them. */
struct ahead {
	const real *from;
	i64 samples;
};

/* ahead_of is what is read after samples `from` to to-1 of a tile, of which those before `last` count. */
FUNC struct ahead ahead_of(const struct args *A, i64 tile, i64 from, i64 to, i64 last) {
	if (to < last) return (struct ahead){ place(A, to, tile), to - from < last - to ? to - from : last - to };
	if (tile + 1 < TILES) return (struct ahead){ place(A, 0, tile + 1), to - from };
	return (struct ahead){ 0, 0 };
}

/* fetched has part k of n of it on its way. */
FUNC void fetched(struct ahead next, i64 k, i64 n) {
	const char *from = (const char *)(next.from + k * next.samples / n * TILE), *to = (const char *)(next.from + (k + 1) * next.samples / n * TILE);
	for (; from < to; from += 64) __builtin_prefetch(from, 0, 2);
}

/* What is transformed of two segments: each less a sample, and so what the mean of each differs from that. */
struct means {
	lane first, second;
};

/* middle is that of three samples: what the others are taken less is no outlier. */
FUNC lane middle(lane x, lane y, lane z) { return greater(lesser(x, y), lesser(greater(x, y), z)); }

/* two_segments transforms the columns of a tile's segment of samples, windowed, as the real parts, and as the imaginary ones
   those of the segment that begins so many samples later; with 0 there is none. All are taken less a sample, and what the means
   then are is for less_means. Meanwhile what is read next is fetched. scratch is three lines. */
FUNC struct means two_segments(const struct args *A, const struct plan *p, const double *window, i64 tile, i64 from, i64 apart, struct ahead next, cell *matrix, struct line *scratch) {
	const double second = apart ? 1 : 0;
	const lane shift = middle(sample(A, from, tile), sample(A, from + p->n / 2, tile), sample(A, from + p->n - 1, tile));
	struct means sum = {};
	for (i64 t2 = 0; t2 < p->columns; t2++) {
		cell *column = scratch[0].z;
		for (i64 t1 = 0; t1 < p->rows; t1++) {
			const i64 t = t1 * p->columns + t2;
			const lane x = sample(A, from + t, tile) - shift, y = sample(A, from + apart + t, tile) - shift;
			sum.first += x;
			sum.second += y;
			column[t1][0] = x * window[t];
			column[t1][1] = y * (window[t] * second);
		}
		column_fft(p, matrix + t2, column, 1, t2, scratch + 1);
		fetched(next, t2, p->columns);
	}
	return (struct means){ sum.first / (double)p->n, sum.second * (second / (double)p->n) };
}

/* less_means takes the means, windowed, from row k1 of the coefficients: a Hann window has coefficients of its own at 0, 1 and n - 1 alone. */
FUNC void less_means(const struct plan *p, cell *row, i64 k1, struct means mean) {
	const i64 at[3] = { 0, p->n > 1, p->n - 1 };
	for (i64 k = 0; k < 3; k++) {
		if (at[k] % p->rows != k1) continue;
		const double of = (k == 0 ? 2 : -1) * (double)p->n / 4;
		row[at[k] / p->rows][0] -= mean.first * of;
		row[at[k] / p->rows][1] -= mean.second * of;
	}
}

/* welch: of each node the powers of its segments, added up and scaled, [node][bin]. number is { step, segments, plan of a segment },
   table { plan, window, scales }: half of that of the bins that stand for themselves alone, and of those that stand for their
   negatives, too. Two segments that follow each other are transformed together, one as the real and one as the imaginary parts:
   the sum of their powers at a frequency is half of what the transform has there and at its negative. */
KERNEL(welch) {
	const struct plan p = plan_of(A->number + 2, A->table);
	const i64 step = A->number[0], segments = A->number[1];
	const double *window = p.rest, *scale = window + p.n;
	const i64 bins = p.n / 2 + 1;
	cell *matrix = (cell *)A->work;
	lane *power = (lane *)(matrix + p.rows * p.stride); /* of frequency k1 + rows k2 at k1 columns + k2 */
	SHARED(struct line, lines, 3);
	for (i64 a = 0; a < TILES; a++) {
		for (i64 k = 0; k < p.n; k++) power[k] = all(0);
		for (i64 g = 0; g < segments; g += 2) {
			const i64 apart = g + 1 < segments ? step : 0, end = g * step + p.n + apart;
			const struct ahead next = ahead_of(A, a, g * step, end, (segments - 1) * step + p.n);
			const struct means mean = two_segments(A, &p, window, a, g * step, apart, next, matrix, lines);
			for (i64 k1 = 0; k1 < p.rows; k1++) {
				cell *z = lines[0].z;
				row_fft(&p, z, matrix + k1 * p.stride, 0, lines + 1);
				less_means(&p, z, k1, mean);
				for (i64 k2 = 0; k2 < p.columns; k2++) power[k1 * p.columns + k2] += z[k2][0] * z[k2][0] + z[k2][1] * z[k2][1];
			}
		}
		for (i64 k = 0; k < bins; k++) {
			const i64 other = (p.n - k) % p.n;
			const lane sum = (power[k % p.rows * p.columns + k / p.rows] + power[other % p.rows * p.columns + other / p.rows]) * scale[k > 0 && 2 * k < p.n];
			for (i64 l = 0; l < W && a * W + l < NODES; l++) A->out[(a * W + l) * bins + k] = sum[l];
		}
	}
}

/* coherence: of each of the lowest bins the sums over segments of conj(X) Y of every two nodes, [bin][2][NODES][NODES], real and
   then imaginary parts, of which those of i <= j count. number is { step, segments, bins, plan of a segment }, table
   { plan, window }. */
KERNEL(coherence) {
	const struct plan p = plan_of(A->number + 3, A->table);
	const i64 step = A->number[0], segments = A->number[1], bins = A->number[2];
	cell *matrix = (cell *)A->work, *coefficients = matrix + p.rows * p.stride; /* [bin][segment][tile] */
	SHARED(struct line, lines, 3);
	for (i64 a = 0; a < TILES; a++)
		for (i64 g = 0; g < segments; g += 2) {
			const i64 apart = g + 1 < segments ? step : 0;
			const struct ahead next = ahead_of(A, a, g * step, g * step + p.n + apart, (segments - 1) * step + p.n);
			const struct means mean = two_segments(A, &p, p.rest, a, g * step, apart, next, matrix, lines);
			for (i64 k1 = 0; k1 < p.rows; k1++) {
				cell *row = matrix + k1 * p.stride;
				row_fft(&p, row, row, 0, lines);
				less_means(&p, row, k1, mean);
			}
			for (i64 k = 0; k < bins; k++) {
				const i64 other = (p.n - k) % p.n;
				const lane *z = matrix[k % p.rows * p.stride + k / p.rows], *y = matrix[other % p.rows * p.stride + other / p.rows];
				cell *x = coefficients + (k * segments + g) * TILES + a;
				x[0][0] = (z[0] + y[0]) / 2;
				x[0][1] = (z[1] - y[1]) / 2;
				if (!apart) continue;
				x[TILES][0] = (z[1] + y[1]) / 2;
				x[TILES][1] = (y[0] - z[0]) / 2;
			}
		}
	for (i64 k = 0; k < bins; k++)
		for (i64 a = 0; a < TILES; a++)
			for (i64 b = a; b < TILES; b++) {
				lane re[W] = {}, im[W] = {};
				for (i64 g = 0; g < segments; g++) {
					const cell *of = coefficients + (k * segments + g) * TILES;
					const double *xr = (const double *)&of[a][0], *xi = (const double *)&of[a][1];
					const lane yr = of[b][0], yi = of[b][1];
					for (i64 l = 0; l < W; l++) {
						re[l] += xr[l] * yr + xi[l] * yi;
						im[l] += xr[l] * yi - xi[l] * yr;
					}
				}
				for (i64 l = 0; l < W && a * W + l < NODES; l++) {
					double *out = A->out + (2 * k * NODES + a * W + l) * NODES + b * W;
					for (i64 m = 0; m < W && b * W + m < NODES; m++) {
						out[m] = re[l][m];
						out[NODES * NODES + m] = im[l][m];
					}
				}
			}
}
