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

FUNC void surveyed(const struct args *A, i64 tile, i32 wide) {
	const real *x[ABREAST_TILES];
	reals low[ABREAST_TILES], high[ABREAST_TILES];
	lane shift[ABREAST_TILES], sum[ABREAST_TILES];
	for (i32 v = 0; v < wide; v++) {
		x[v] = place(A, 0, tile + v);
		low[v] = high[v] = *(const reals *)x[v];
		shift[v] = widened(x[v]);
		sum[v] = all(0);
	}
	for (i64 t = 1; t < A->samples; t++)
		for (i32 v = 0; v < wide; v++) {
			const reals now = *(const reals *)(x[v] + t * TILE);
			sum[v] += widened(x[v] + t * TILE) - shift[v];
			low[v] = lesser_real(now, low[v]);
			high[v] = greater_real(now, high[v]);
		}
	for (i32 v = 0; v < wide; v++) {
		double *out = A->out + (tile + v) * W;
		put(out, (shift[v] + sum[v] / (double)A->samples) * A->factor);
		put(out + TILES * W, widened((const real *)&low[v]) * A->factor);
		put(out + 2 * TILES * W, widened((const real *)&high[v]) * A->factor);
	}
}

KERNEL(survey) {
	i64 tile = 0;
	for (; tile + ABREAST_TILES <= TILES; tile += ABREAST_TILES) surveyed(A, tile, ABREAST_TILES);
	for (; tile < TILES; tile++) surveyed(A, tile, 1);
}
