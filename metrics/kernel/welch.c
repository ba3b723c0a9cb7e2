/* A plan of transforms of length n = rows x columns, as Go's newPlan lays it out. */
struct plan {
	i64 n, rows, columns;
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
	struct plan p = { number[0], number[1], number[2], number + 3 };
	const i64 *f = p.row_factors;
	while (*f) f++;
	p.column_factors = f + 1;
	p.by_column = table;
	p.by_row = table + 2 * p.n;
	p.row_turns = table + 4 * p.n;
	p.column_turns = p.row_turns + pass_turns(p.rows, p.row_factors);
	p.rest = p.column_turns + pass_turns(p.columns, p.column_factors);
	return p;
}

/* column_fft transforms a column, from cells apart, to column t2 of a matrix, and turns what is for k1 by exp(-2 pi i t2 k1/n). */
FUNC void column_fft(const struct plan *p, cell *to, const cell *column, i64 from, i64 t2, struct line *scratch) {
	line_fft(to, p->columns, column, from, p->rows, p->row_factors, p->row_turns, p->by_column + 2 * t2 * p->rows, scratch);
}

FUNC void row_fft(const struct plan *p, cell *to, const cell *row, const double *ends, struct line *scratch) {
	line_fft(to, 1, row, 1, p->columns, p->column_factors, p->column_turns, ends, scratch);
}

FUNC lane scaled(lane x, lane centre, lane scale) { return where((mask)(scale != 0), (x - centre) * scale); }

/* load copies n samples of tiles a and b into the matrix, and adds them up less the first one. */
FUNC void load(const struct args *A, cell *matrix, i64 from, i64 n, i64 a, i64 b, lane *mean_a, lane *mean_b) {
	const lane shift_a = sample(A, from, a), shift_b = sample(A, from, b);
	lane sum_a[2] = {}, sum_b[2] = {};
	for (i64 t = 0; t < n; t++) {
		const lane x = sample(A, from + t, a), y = sample(A, from + t, b);
		sum_a[t & 1] += x - shift_a;
		sum_b[t & 1] += y - shift_b;
		matrix[t][0] = x;
		matrix[t][1] = y;
	}
	*mean_a = shift_a + (sum_a[0] + sum_a[1]) / (double)n;
	*mean_b = shift_b + (sum_b[0] + sum_b[1]) / (double)n;
}

FUNC void add_powers(lane *power, lane zr, lane zi, lane yr, lane yi) {
	const lane ar = zr + yr, ai = zi - yi, br = zi + yi, bi = yr - zr;
	power[0] += ar * ar + ai * ai;
	power[1] += br * br + bi * bi;
}

KERNEL(welch) {
	const struct plan p = plan_of(A->number + 4, A->table);
	const i64 step = A->number[0], segments = A->number[1], first = A->number[2];
	const double *window = p.rest, *scales = p.rest + p.n;
	const i64 bins = p.n / 2 + 1;
	cell *matrix = (cell *)A->work;
	lane *power = (lane *)(matrix + p.n);
	SHARED(struct line, lines, 4);
	for (i64 a = 0; a < TILES; a += 2) {
		const i64 b = a + 1 < TILES ? a + 1 : a;
		const lane scale_a = at(scales + a * W), scale_b = b > a ? at(scales + b * W) : all(0);
		for (i64 k = 0; k < 2 * bins; k++) power[k] = all(0);
		for (i64 g = 0; g < segments; g++) {
			const i64 from = first + g * step;
			lane mean_a, mean_b;
			load(A, matrix, from, p.n, a, b, &mean_a, &mean_b);
			for (i64 t2 = 0; t2 < p.columns; t2++) {
				for (i64 t1 = 0; t1 < p.rows; t1++) {
					const i64 t = t1 * p.columns + t2;
					lines[0].z[t1][0] = scaled(matrix[t][0], mean_a, scale_a * window[t]);
					lines[0].z[t1][1] = scaled(matrix[t][1], mean_b, scale_b * window[t]);
				}
				column_fft(&p, matrix + t2, lines[0].z, 1, t2, lines + 2);
			}
			/* Frequency f and its negative stand in rows k1 and rows - k1. */
			for (i64 k1 = 0; 2 * k1 <= p.rows; k1++) {
				const i64 mirror = (p.rows - k1) % p.rows;
				const cell *z = lines[0].z, *y = mirror == k1 ? z : lines[1].z;
				row_fft(&p, lines[0].z, matrix + k1 * p.columns, 0, lines + 2);
				if (mirror != k1) row_fft(&p, lines[1].z, matrix + mirror * p.columns, 0, lines + 2);
				for (i64 k2 = 0; k2 < p.columns; k2++) {
					const i64 f = k1 + p.rows * k2, other = k1 == 0 ? (p.columns - k2) % p.columns : p.columns - 1 - k2;
					if (k1 == mirror && 2 * f > p.n) continue; /* both are in this row: once */
					const i64 bin = 2 * f <= p.n ? f : p.n - f;
					add_powers(power + 2 * bin, z[k2][0], z[k2][1], y[other][0], y[other][1]);
				}
			}
		}
		for (i64 l = 0; l < W; l++) {
			if (a * W + l < NODES)
				for (i64 k = 0; k < bins; k++) A->out[(a * W + l) * bins + k] = power[2 * k][l] / 4;
			if (b > a && b * W + l < NODES)
				for (i64 k = 0; k < bins; k++) A->out[(b * W + l) * bins + k] = power[2 * k + 1][l] / 4;
		}
	}
}
