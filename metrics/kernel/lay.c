/* lay: samples that come, at work, from number[0] on, in rows of NODES, are laid into the tiles, and looked at while they pass. table
   has four rows of TILES*W, which out has after them: of each node the first sample, the sum of all samples less that, the least and
   the greatest one, of number[1] samples so far. Behind them out has what survey finds in all of them. */
enum { LAID = 64 }; /* rows at once: they stay in the nearest cache for all tiles */

/* narrowed is W numbers that were of the kind real. */
FUNC reals narrowed(const double *x) {
	real y[W];
	LANES(l, W) y[l] = x[l];
	return *(reals *)y;
}

/* row_of is a vector of which so many nodes are there. */
FUNC reals row_of(const real *from, i32 nodes) {
	real x[W] = {};
	for (i32 l = 0; l < nodes; l++) x[l] = from[l];
	return *(reals *)x;
}

/* laid lays so many rows of a vector that has so many nodes; with fresh the first of them is the first sample. */
FUNC void laid(const struct args *A, const real *from, i64 row, i64 tile, i64 rows, i32 nodes, int fresh, struct looks *looks) {
	real *to = (real *)place(A, row, tile);
	struct looks s = *looks; /* in registers: what is laid might be a part of *looks, for all that the compiler knows */
	if (fresh) {
		const reals x = row_of(from, nodes);
		s = first_look((const real *)&x);
	}
	for (i64 r = 0; r < rows; r++) {
		const reals x = row_of(from + r * NODES, nodes);
		*(reals *)(to + r * TILE) = x;
		look(&s, (const real *)&x);
	}
	*looks = s;
}

KERNEL(lay) {
	enum { WHOLE = NODES / W, REST = NODES % W };
	const real *rows = (const real *)A->work + A->number[0];
	SHARED(struct looks, looks, TILES);
	for (i64 a = 0; a * W < NODES; a++) {
		const double *known = A->table + a * W;
		struct looks *s = looks + a;
		*s = (struct looks){ at(known), at(known + TILES * W), narrowed(known + 2 * TILES * W), narrowed(known + 3 * TILES * W) };
	}
	for (i64 row = 0; row < A->samples; row += LAID) {
		const i64 count = A->samples - row < LAID ? A->samples - row : LAID;
		const real *from = rows + row * NODES;
		const int fresh = row + A->number[1] == 0;
		for (i64 a = 0; a < WHOLE; a++) {
			/* The part of the next rows that is as long as what is read. */
			const char *next = (const char *)(from + count * NODES + a * LAID * W);
			for (i64 p = 0; p < LAID * W * (i64)sizeof(real); p += 64) __builtin_prefetch(next + p);
			laid(A, from + a * W, row, a, count, W, fresh, looks + a);
		}
		if (REST) laid(A, from + WHOLE * W, row, WHOLE, count, REST, fresh, looks + WHOLE);
	}
	for (i64 a = 0; a * W < NODES; a++) {
		double *known = A->out + a * W;
		put(known, looks[a].shift);
		put(known + TILES * W, looks[a].sum);
		put(known + 2 * TILES * W, widened((const real *)&looks[a].low));
		put(known + 3 * TILES * W, widened((const real *)&looks[a].high));
		tell(known + 4 * TILES * W, looks + a, A->number[1] + A->samples, A->factor);
	}
}
