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

/* What is taken of two series after the windows: each less a sample, and so what their means differ from that. */
struct means {
	lane first, second;
};

/* middle is that of three samples: what the others are taken less is no outlier. */
FUNC lane middle(lane x, lane y, lane z) { return greater(lesser(x, y), lesser(greater(x, y), z)); }

/* columns_of transforms the columns of two series of a tile, windowed, as real and imaginary parts: with each = 1 a segment and the
   one that begins apart samples later, or none with 0; with each = 2 the samples of a segment at even and odd times, and apart is 1.
   All are taken less a sample, and what the means then are is for less_means. What the next column reads is on its way
   meanwhile. scratch is three lines. */
FUNC struct means columns_of(const struct args *A, const struct plan *p, const double *window, i64 each, i64 tile, i64 from, i64 apart, cell *matrix, struct line *scratch) {
	const double second = apart ? 1 : 0;
	const lane shift = middle(sample(A, from, tile), sample(A, from + each * p->n / 2, tile), sample(A, from + each * p->n - 1, tile));
	struct means sum = {};
	for (i64 t2 = 0; t2 < p->columns; t2++) {
		cell *column = scratch[0].z;
		for (i64 t1 = 0; t1 < p->rows; t1++) {
			const i64 t = each * (t1 * p->columns + t2);
			const lane x = sample(A, from + t, tile) - shift, y = sample(A, from + apart + t, tile) - shift;
			__builtin_prefetch(place(A, from + t + each, tile));
			__builtin_prefetch(place(A, from + apart + t + each, tile));
			sum.first += x;
			sum.second += y;
			column[t1][0] = x * window[t];
			column[t1][1] = y * (each == 1 ? window[t] * second : window[t + 1]);
		}
		column_fft(p, matrix + t2, column, 1, t2, scratch + 1);
	}
	if (each == 2) sum.first = sum.second = (sum.first + sum.second) / 2;
	return (struct means){ sum.first / (double)p->n, sum.second * (second / (double)p->n) };
}

/* less_means takes the means, windowed, from row k1 of the coefficients: a Hann window has coefficients of its own at 0, 1 and n - 1
   alone. later is exp(2 pi i/n) of the time from the first series to the second, of n numbers each. */
FUNC void less_means(const struct plan *p, cell *row, i64 k1, struct means mean, const double *later) {
	const i64 at[3] = { 0, p->n > 1, p->n - 1 };
	for (i64 k = 0; k < 3; k++) {
		if (at[k] % p->rows != k1) continue;
		const double of = (k == 0 ? 2 : -1) * (double)p->n / 4;
		const double c = k == 0 ? 1 : later[0], s = k == 0 ? 0 : k == 1 ? later[1] : -later[1];
		row[at[k] / p->rows][0] -= mean.first * of - mean.second * (of * s);
		row[at[k] / p->rows][1] -= mean.second * (of * c);
	}
}

static const double at_once[2] = { 1, 0 }; /* for less_means */

/* The sum of the powers that two segments have at a frequency is half of what the transform has there and at its negative:
   powers_by_pairs adds that up, [k1][k2], for a tile's segments, two by two, which may be of odd length. scratch is three lines. */
FUNC void powers_by_pairs(const struct args *A, const struct plan *p, const double *window, i64 tile, cell *matrix, lane *power, struct line *scratch) {
	const i64 step = A->number[0], segments = A->number[1];
	for (i64 k = 0; k < p->n; k++) power[k] = all(0);
	for (i64 g = 0; g < segments; g += 2) {
		const struct means mean = columns_of(A, p, window, 1, tile, g * step, g + 1 < segments ? step : 0, matrix, scratch);
		for (i64 k1 = 0; k1 < p->rows; k1++) {
			cell *z = scratch[0].z;
			row_fft(p, z, matrix + k1 * p->stride, 0, scratch + 1);
			less_means(p, z, k1, mean, at_once);
			for (i64 k2 = 0; k2 < p->columns; k2++) power[k1 * p->columns + k2] += z[k2][0] * z[k2][0] + z[k2][1] * z[k2][1];
		}
	}
}

/* A segment of even length n is transformed as n/2 numbers, see row_turned in phase.c. Of the coefficients x at k and y at n/2 - k of
   these, the powers at k and n/2 - k of the segment are |conj y - i t x|^2 and |x - i t conj y|^2 over 1 + t^2, with
   t = tan(pi/4 - pi k/n): what is squared is E + wO and E - wO, turned. There is nothing that nearly cancels where one of
   the two powers is far below the other, and what is the same for all segments is left for the end. */
FUNC void two_powers(cell *power, const cell *x, const cell *y, double tangent) {
	const lane xr = (*x)[0], xi = (*x)[1], yr = (*y)[0], yi = (*y)[1];
	const lane pr = yr + xi * tangent, pi = yi + xr * tangent, qr = xr - yi * tangent, qi = xi - yr * tangent;
	(*power)[0] += pr * pr + pi * pi;
	(*power)[1] += qr * qr + qi * qi;
}

/* powers_by_halves adds these up, [k1][k2] for k1 <= rows/2. later is for less_means; scratch is four lines. */
FUNC void powers_by_halves(const struct args *A, const struct plan *p, const double *window, const double *later, const double *tangents, i64 tile, cell *matrix, cell *power, struct line *scratch) {
	const i64 step = A->number[0], segments = A->number[1];
	for (i64 k = 0; k < (p->rows / 2 + 1) * p->columns; k++) power[k][0] = power[k][1] = all(0);
	for (i64 g = 0; g < segments; g++) {
		const struct means mean = columns_of(A, p, window, 2, tile, g * step, 1, matrix, scratch);
		for (i64 k1 = 0; 2 * k1 <= p->rows; k1++) {
			const i64 other = (p->rows - k1) % p->rows, zero = k1 == 0;
			cell *x = scratch[0].z, *y = other == k1 ? x : scratch[1].z, *to = power + k1 * p->columns;
			const double *tangent = tangents + k1 * p->columns;
			row_fft(p, x, matrix + k1 * p->stride, 0, scratch + 2);
			less_means(p, x, k1, mean, later);
			if (y != x) {
				row_fft(p, y, matrix + other * p->stride, 0, scratch + 2);
				less_means(p, y, other, mean, later);
			}
			if (zero) two_powers(to, x, y, tangent[0]);
			for (i64 k2 = zero; k2 < p->columns; k2++) two_powers(to + k2, x + k2, y + p->columns - 1 + zero - k2, tangent[k2]);
		}
	}
}

/* welch: of each node the powers of its segments, added up and scaled, [node][bin]. number is { step, segments, samples of a segment
   to a complex number: 2, or 1 of an odd number of them, plan }, table { plan, window, scales, and for 2 exp(2 pi i/n) and the tangents,
   k in the order of the plan's coefficients }. scales are that of the bins that stand for themselves alone, and that of those that
   stand for their negatives, too. */
KERNEL(welch) {
	const i64 each = A->number[2];
	const struct plan p = plan_of(A->number + 3, A->table);
	const i64 n = each * p.n, bins = n / 2 + 1;
	const double *window = p.rest, *scale = window + n, *later = scale + 2, *tangents = later + 2;
	cell *matrix = (cell *)A->work, *power = matrix + p.rows * p.stride;
	SHARED(struct line, lines, 4);
	for (i64 a = 0; a < TILES; a++) {
		if (each == 2) powers_by_halves(A, &p, window, later, tangents, a, matrix, power, lines);
		else powers_by_pairs(A, &p, window, a, matrix, *power, lines);
		for (i64 k = 0, k1 = 0, k2 = 0; k < bins; k++) {
			lane sum;
			if (each == 2) {
				/* n/2 is with 0, and what is behind the middle of the rows is with what is before. */
				const i64 second = k == p.n || 2 * k1 > p.rows, at = k == p.n ? 0 : second ? (p.rows - k1 + 1) * p.columns - 1 - k2 : k1 * p.columns + k2;
				sum = power[at][second] / (1 + tangents[at] * tangents[at]);
			} else {
				const i64 other = (n - k) % n;
				sum = ((*power)[k1 * p.columns + k2] + (*power)[other % p.rows * p.columns + other / p.rows]) / 2;
			}
			sum *= scale[k > 0 && 2 * k < n];
			for (i64 l = 0; l < W && a * W + l < NODES; l++) A->out[(a * W + l) * bins + k] = sum[l];
			if (++k1 == p.rows) {
				k1 = 0;
				k2++;
			}
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
			const struct means mean = columns_of(A, &p, p.rest, 1, a, g * step, apart, matrix, lines);
			for (i64 k1 = 0; k1 < p.rows; k1++) {
				cell *row = matrix + k1 * p.stride;
				row_fft(&p, row, row, 0, lines);
				less_means(&p, row, k1, mean, at_once);
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
