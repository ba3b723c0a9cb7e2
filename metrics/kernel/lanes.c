/* The arithmetic of metrics that takes most of their time, on the host's cores. Of a series
   TILE nodes lie side by side, of which W stand in a vector: each of them sees the arithmetic of one series, in double, whatever W is.
   Lanes beyond the last node hold numbers that nobody reads. Each kernel has a twin in Go, which is its reference:
   see package metrics. */

typedef unsigned char u8;

/* As many as the processor takes at once: gcc keeps wider vectors in memory, and works on them piece by piece. */
#if defined __AVX512F__
#define W 8
#define EACH_OF_W(x) { x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7] }
#define EACH_OF_W_AT(x, k) { x[0][k], x[1][k], x[2][k], x[3][k], x[4][k], x[5][k], x[6][k], x[7][k] }
#elif defined __AVX__
#define W 4
#define EACH_OF_W(x) { x[0], x[1], x[2], x[3] }
#define EACH_OF_W_AT(x, k) { x[0][k], x[1][k], x[2][k], x[3][k] }
#else
#define W 2
#define EACH_OF_W(x) { x[0], x[1] }
#define EACH_OF_W_AT(x, k) { x[0][k], x[1][k] }
#endif

typedef double lane __attribute__((vector_size(8 * W)));
typedef double lane_anywhere __attribute__((vector_size(8 * W), aligned(8)));
typedef i64 mask __attribute__((vector_size(8 * W)));
typedef real reals __attribute__((vector_size(W * sizeof(real)), aligned(sizeof(real))));

/* TILES are the vectors of all nodes, of which those of whole tiles of memory count. */
enum { TILE = 8, TILES = (NODES + TILE - 1) / TILE * (TILE / W) };

struct args {
	const real *tiles;    /* [tile][room][TILE]: the series; 0 in the lanes beyond the last node */
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

/* widened is W numbers in double. gcc 12 converts vectors half by half, but a list of numbers at once. */
FUNC lane widened(const real *x) { return (lane)EACH_OF_W(x); }

/* place is where the nodes of a vector lie at a time, counted from the first one that the launch is about. */
FUNC const real *place(const struct args *A, i64 t, i64 tile) {
	return A->tiles + (tile * W / TILE * A->room + A->first + t) * TILE + tile * W % TILE;
}

/* sample is what lies there, in the unit of the report. */
FUNC lane sample(const struct args *A, i64 t, i64 tile) { return widened(place(A, t, tile)) * A->factor; }

/* asked has memory look for what comes AHEAD samples later: a core does so by itself, but too late. Behind the last one it asks in vain. */
enum { AHEAD = 64 };
FUNC void asked(const struct args *A, i64 t, i64 tile) { __builtin_prefetch(place(A, t + AHEAD, tile)); }

/* single is the same of one node. */
FUNC double single(const struct args *A, i64 t, i64 node) {
	return place(A, t, node / W)[node % W] * A->factor;
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
