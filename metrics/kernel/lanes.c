/* The arithmetic of metrics that takes most of their time, on the host's cores. Of a series
   eight nodes stand side by side in a vector: each of them sees the arithmetic of one series, in double.
   Lanes beyond the last node hold numbers that nobody reads. Each kernel has a twin in Go, which is its reference:
   see package metrics. */

typedef unsigned char u8;
typedef double lane __attribute__((vector_size(64)));
typedef double lane_anywhere __attribute__((vector_size(64), aligned(8)));
typedef i64 mask __attribute__((vector_size(64)));
typedef real reals __attribute__((vector_size(8 * sizeof(real)), aligned(sizeof(real))));

enum { W = 8, TILES = (NODES + W - 1) / W };

struct args {
	const real *tiles;    /* [TILES][room][W]: the series; 0 in the lanes beyond the last node */
	i64 room;             /* samples that a tile has room for */
	i64 first, samples;   /* those that a launch is about */
	const i64 *number;    /* what a kernel is told */
	const double *table;  /* constants, and what is known of each node */
	double *out;
	double *work;         /* scratch, of this launch */
	double *kept;         /* what one launch leaves for the next */
	double factor;        /* from the unit of the series to that of the report */
};

FUNC lane at(const double *p) { return *(const lane_anywhere *)p; }
FUNC void put(double *p, lane x) { *(lane_anywhere *)p = x; }

/* widened is eight numbers in double. gcc 12 converts vectors half by half, but a list of numbers at once. */
FUNC lane widened(const real *x) { return (lane){ x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7] }; }

/* sample is a tile of the series at a time, counted from the first one that the launch is about. */
FUNC lane sample(const struct args *A, i64 t, i64 tile) {
	return widened(A->tiles + (tile * A->room + A->first + t) * W) * A->factor;
}

/* single is the same of one node. */
FUNC double single(const struct args *A, i64 t, i64 node) {
	return A->tiles[(node / W * A->room + A->first + t) * W + node % W] * A->factor;
}

/* where is x in the lanes of m, and 0 elsewhere, whatever x is. */
FUNC lane where(mask m, lane x) { return (lane)(m & (mask)x); }
FUNC lane choose(mask m, lane x, lane y) { return (lane)((m & (mask)x) | (~m & (mask)y)); }
FUNC lane magnitude(lane x) { return (lane)((mask)x & 0x7fffffffffffffffll); }
FUNC lane all(double x) { return (lane){} + x; }
/* lesser and greater give y where the two are not in order, as where x is not a number. */
FUNC lane lesser(lane x, lane y) {
	double a[W], b[W];
	put(a, x);
	put(b, y);
	LANES(l, W) a[l] = a[l] < b[l] ? a[l] : b[l];
	return at(a);
}
FUNC lane greater(lane x, lane y) {
	double a[W], b[W];
	put(a, x);
	put(b, y);
	LANES(l, W) a[l] = a[l] > b[l] ? a[l] : b[l];
	return at(a);
}
