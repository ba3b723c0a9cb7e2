/* histogram: of each node the samples in each of BINS equal bins on [0, TOP], [node][BINS]. A border belongs to the bin above,
   the last one to the last. */
enum { BINS = 101, TOP = 100 };
typedef i32 indices __attribute__((vector_size(4 * W)));

/* bin is that of x, BINS where x lies outside. */
FUNC indices bin(lane x) {
	const mask in = (mask)((x >= 0) & (x <= TOP));
	indices k = __builtin_convertvector(where(in, x) * ((double)BINS / TOP), indices);
	const lane edge = __builtin_convertvector(k, lane) * ((double)TOP / BINS);
	const lane next = (__builtin_convertvector(k, lane) + 1) * ((double)TOP / BINS);
	k += __builtin_convertvector((mask)(x < edge) - (mask)(x >= next), indices);
	k += (k > BINS - 1) & (BINS - 1 - k);
	const indices inside = __builtin_convertvector(in, indices);
	return (inside & k) | (~inside & BINS);
}

/* roughly finds bins in single precision, and tells which are sure: -1, or else 0. With c the inverse of a bin's width, q = x c is off
   by less than 2^-22 of itself, so that a border lies between q and the number that it stands for only where q is as near as that to a
   whole number. A number too large to be rounded so is not sure, nor is one that is none. */
typedef float floats __attribute__((vector_size(4 * W)));

FUNC indices roughly(const real *x, float c, indices *sure) {
	const floats of = EACH_OF_W(x), q = of * c;
	const floats away = q - ((q + 0x1.8p23f) - 0x1.8p23f), margin = q * 0x1p-21f;
	*sure = ~((floats)(0x7fffffff & (indices)away) < (floats)(0x7fffffff & (indices)margin));
	const indices inside = __builtin_convertvector(*(const reals *)x >= 0, indices) & (q <= BINS);
	return (inside & __builtin_convertvector(q, indices)) | (~inside & BINS);
}

/* surely finds the bins of some times of a tile. */
__attribute__((noinline)) static void surely(const struct args *A, i64 t, i64 tile, i64 count, indices *k) {
	for (i64 r = 0; r < count; r++) k[r] = bin(sample(A, t + r, tile));
}

KERNEL(histogram) {
	enum { PLACES = BINS + 1, ROWS = 16 };
	const float inverse = A->factor * BINS / TOP;
	for (i64 a = 0; a < TILES; a++) {
		u32 count[W * PLACES] = {};
		for (i64 t = 0; t < A->samples; t += ROWS) {
			const i64 rows = A->samples - t < ROWS ? A->samples - t : ROWS;
			union { indices all; u32 of[W]; } k[ROWS], sure = { -1 - (indices){} };
			for (i64 r = 0; r < rows; r++) {
				indices now;
				asked(A, t + r, a);
				k[r].all = roughly(place(A, t + r, a), inverse, &now);
				sure.all &= now;
			}
			u32 all = -1;
			for (i64 l = 0; l < W; l++) all &= sure.of[l];
			if (SELDOM(all == 0)) surely(A, t, a, rows, &k->all);
			for (i64 r = 0; r < rows; r++)
				for (i64 l = 0; l < W; l++) count[l * PLACES + k[r].of[l]]++;
		}
		for (i64 i = a * W; i < NODES && i < a * W + W; i++)
			for (i64 k = 0; k < BINS; k++) A->out[i * BINS + k] = count[i % W * PLACES + k];
	}
}
