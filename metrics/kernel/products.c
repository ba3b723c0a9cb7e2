/* products: of number[0] blocks, which three numbers tell of each, its place at out and its samples' first and end: the sums of x,
   of products of every two nodes, and the least and the greatest sample; x is the sample less table[node]. A block has three rows of TILES*W
   and then products [TILES*W][TILES*W], of which those of a node with later ones, and with itself, count. */

/* Of CHUNK times, the first cache holds the samples in double, and what comes of them. A line of it has those of a tile at LINE times. */
enum { CHUNK = 32, LINE = 64 / (TILE * sizeof(real)), STRIDE = TILES * W };

enum { BLOCK = (3 + STRIDE) * STRIDE };

/* As many sums as registers hold: those of HIGH nodes with the nodes of ACROSS vectors. */
enum { HIGH = W, ACROSS = 3 };

/* added adds to the products of HIGH nodes, from x on, with those of some vectors, from y on, what rows of both make; fresh
   products were none before. */
FUNC void added(double *products, const lane *x, const lane *y, i64 rows, i32 across, int fresh) {
	lane sum[HIGH][ACROSS];
	for (i32 h = 0; h < HIGH; h++)
		for (i32 v = 0; v < across; v++) sum[h][v] = fresh ? all(0) : at(products + h * STRIDE + v * W);
	for (i64 r = 0; r < rows; r++) {
		lane b[ACROSS];
		for (i32 v = 0; v < across; v++) b[v] = y[v * CHUNK + r];
		for (i32 h = 0; h < HIGH; h++) {
			const double a = ((const double *)(x + r))[h];
			for (i32 v = 0; v < across; v++) sum[h][v] += b[v] * a;
		}
	}
	for (i32 h = 0; h < HIGH; h++)
		for (i32 v = 0; v < across; v++) put(products + h * STRIDE + v * W, sum[h][v]);
}

KERNEL(products) {
	SHARED(lane, x, TILES * CHUNK);
	for (i64 block = 0; block < A->number[0]; block++) {
		const i64 *told = A->number + 1 + 3 * block, begin = told[1], end = told[2];
		double *out = A->out + told[0] * BLOCK;
		double *square = out + 3 * STRIDE;
		for (i64 a = 0; a < TILES; a++) {
			put(out + a * W, all(0));
			put(out + (TILES + a) * W, all(1.0 / 0.0));
			put(out + (2 * TILES + a) * W, all(-1.0 / 0.0));
		}
		for (i64 from = begin; from < end; from += CHUNK) {
			const i64 rows = end - from < CHUNK ? end - from : CHUNK;
			const int fresh = from == begin;
			for (i64 a = 0; a < TILES; a++) {
				const lane shift = at(A->table + a * W);
				lane s = at(out + a * W), low = at(out + (TILES + a) * W), high = at(out + (2 * TILES + a) * W);
				for (i64 r = 0; r < rows; r++) {
					const lane v = sample(A, from + r, a), y = v - shift;
					s += y;
					low = lesser(v, low);
					high = greater(v, high);
					x[a * CHUNK + r] = y;
				}
				put(out + a * W, s);
				put(out + (TILES + a) * W, low);
				put(out + (2 * TILES + a) * W, high);
			}
			for (i64 i = 0; i < STRIDE; i += HIGH) {
				/* The next samples come from afar while these are multiplied. */
				for (i64 r = 0; r < CHUNK; r += LINE) __builtin_prefetch(place(A, from + CHUNK + r, i / W));
				const lane *mine = (const lane *)((const double *)(x + i / W * CHUNK) + i % W);
				i64 tile = i / W;
				for (; tile + ACROSS <= TILES; tile += ACROSS) added(square + i * STRIDE + tile * W, mine, x + tile * CHUNK, rows, ACROSS, fresh);
				for (; ACROSS > 2 && tile + 2 <= TILES; tile += 2) added(square + i * STRIDE + tile * W, mine, x + tile * CHUNK, rows, 2, fresh);
				for (; tile < TILES; tile++) added(square + i * STRIDE + tile * W, mine, x + tile * CHUNK, rows, 1, fresh);
			}
		}
	}
}
