/* survey: of each node the mean, the least and the greatest sample, in three rows of TILES*W. A mean that is not finite
   tells of a bad node. The least and the greatest are found before they are taken to the unit of the report: the factor is
   above 0. */
enum { ABREAST_TILES = 3 };

FUNC reals lesser_real(reals x, reals y) {
	real a[W], b[W];
	*(reals *)a = x;
	*(reals *)b = y;
	LANES(l, W) a[l] = a[l] < b[l] ? a[l] : b[l];
	return *(reals *)a;
}
FUNC reals greater_real(reals x, reals y) {
	real a[W], b[W];
	*(reals *)a = x;
	*(reals *)b = y;
	LANES(l, W) a[l] = a[l] > b[l] ? a[l] : b[l];
	return *(reals *)a;
}

/* looks are what a look through samples of a vector's nodes finds. */
struct looks {
	lane shift, sum; /* the first sample, and all samples less that, added up */
	reals low, high;
};

FUNC struct looks first_look(const real *x) { return (struct looks){ widened(x), all(0), *(const reals *)x, *(const reals *)x }; }

FUNC void look(struct looks *s, const real *x) {
	const reals now = *(const reals *)x;
	s->sum += widened(x) - s->shift;
	s->low = lesser_real(now, s->low);
	s->high = greater_real(now, s->high);
}

FUNC void tell(double *out, const struct looks *s, i64 samples, double factor) {
	put(out, (s->shift + s->sum / (double)samples) * factor);
	put(out + TILES * W, widened((const real *)&s->low) * factor);
	put(out + 2 * TILES * W, widened((const real *)&s->high) * factor);
}

FUNC void surveyed(const struct args *A, i64 tile, i32 wide) {
	const real *x[ABREAST_TILES];
	struct looks looks[ABREAST_TILES];
	for (i32 v = 0; v < wide; v++) {
		x[v] = place(A, 0, tile + v);
		looks[v] = first_look(x[v]);
	}
	for (i64 t = 1; t < A->samples; t++)
		for (i32 v = 0; v < wide; v++) look(&looks[v], x[v] + t * TILE);
	for (i32 v = 0; v < wide; v++) tell(A->out + (tile + v) * W, &looks[v], A->samples, A->factor);
}

KERNEL(survey) {
	i64 tile = 0;
	for (; tile + ABREAST_TILES <= TILES; tile += ABREAST_TILES) surveyed(A, tile, ABREAST_TILES);
	for (; tile < TILES; tile++) surveyed(A, tile, 1);
}
