/* windows: of windows made of blocks, as products leaves them, at table: the correlations of every two nodes, PAIRS of each window, at
   out. number[0] windows begin at window number[1] of those there; of each, number[2] + 2 numbers tell the samples, how many blocks it
   has, and their places. */
enum { PAIRS = NODES * (NODES - 1) / 2, SUMS = STRIDE + TILE, BESIDE = 4 };

struct made {
	const double *blocks;
	const i64 *place;
	i64 count;     /* of blocks */
	double samples;
	double *sum, *inverse; /* of each node: the sum, and 1 by the root of the sum of squares about the mean; NaN where it is bad or constant */
};

FUNC struct made made_of(const struct args *A, i64 k) {
	const i64 *told = A->number + 3 + k * (A->number[2] + 2);
	double *sums = A->work + 2 * SUMS * k;
	return (struct made){ A->table, told + 2, told[1], (double)told[0], sums, sums + SUMS };
}

/* spread finds the sums and inverses of a vector of nodes. */
FUNC void spread(const struct made *m, i64 a) {
	lane sum = all(0), squares = all(0), low = all(1.0 / 0.0), high = all(-1.0 / 0.0);
	for (i64 b = 0; b < m->count; b++) {
		const double *rows = m->blocks + m->place[b] * BLOCK + a * W, *square = rows + (3 + a * W) * STRIDE;
		double own[W];
		LANES(l, W) own[l] = square[l * (STRIDE + 1)];
		sum += at(rows);
		squares += at(own);
		low = lesser(at(rows + STRIDE), low);
		high = greater(at(rows + 2 * STRIDE), high);
	}
	squares -= sum * sum / m->samples;
	/* Roots are taken one by one: the product of two sums of squares may leave the range of a double. */
	double inverse[W];
	LANES(l, W) inverse[l] = 1 / WIDE_SQRT(squares[l]);
	put(m->sum + a * W, sum);
	put(m->inverse + a * W, choose((low < high) & (squares > 0) & (squares < 1.0 / 0.0), at(inverse), all(0.0 / 0.0)));
}

/* correlated correlates node i with those of some vectors from node j on. */
FUNC void correlated(double *out, const struct made *m, i64 i, i64 j, i32 beside) {
	const double mean = m->sum[i] / m->samples, own = m->inverse[i];
	lane products[BESIDE];
	for (i32 v = 0; v < beside; v++) products[v] = all(0);
	for (i64 b = 0; b < m->count; b++) {
		const double *row = m->blocks + m->place[b] * BLOCK + (3 + i) * STRIDE + j;
		for (i32 v = 0; v < beside; v++) products[v] += at(row + v * W);
	}
	for (i32 v = 0; v < beside; v++) {
		const lane r = (products[v] - at(m->sum + j + v * W) * mean) * own * at(m->inverse + j + v * W);
		put(out + v * W, lesser(all(1), greater(all(-1), r)));
	}
}

/* row_of_pairs correlates node i with all later ones. The last vectors take some nodes again where those left fill none. */
FUNC void row_of_pairs(double *row, const struct made *m, i64 i) {
	const i64 later = NODES - 1 - i;
	if (later < W) {
		double few[W];
		correlated(few, m, i, i + 1, 1);
		for (i64 l = 0; l < later; l++) row[l] = few[l];
		return;
	}
	for (i64 done = 0; done < later;) {
		const i64 left = (later - done + W - 1) / W, whole = later / W, most = left < whole ? left : whole;
		const i64 take = most < BESIDE ? most : BESIDE, from = done + take * W > later ? later - take * W : done;
		switch (take) {
		case 1: correlated(row + from, m, i, i + 1 + from, 1); break;
		case 2: correlated(row + from, m, i, i + 1 + from, 2); break;
		case 3: correlated(row + from, m, i, i + 1 + from, 3); break;
		default: correlated(row + from, m, i, i + 1 + from, BESIDE);
		}
		done = from + take * W;
	}
}

KERNEL(windows) {
	/* Node by node, since what windows have in common stays in the cache so long. */
	for (i64 a = 0; a < TILES; a++)
		for (i64 k = 0; k < A->number[0]; k++) {
			const struct made m = made_of(A, k);
			spread(&m, a);
		}
	double *out = A->out + A->number[1] * PAIRS;
	for (i64 i = 0; i + 1 < NODES; out += NODES - 1 - i, i++)
		for (i64 k = 0; k < A->number[0]; k++) {
			const struct made m = made_of(A, k);
			row_of_pairs(out + k * PAIRS, &m, i);
		}
}
