/* products: of blocks of samples, from number[1 + 2k] to number[2 + 2k], k < number[0], the sums of x, of products of every two
   nodes, and the least and the greatest x; x is the sample less table[node]. out has of each block three rows of TILES*W and
   then products [NODES][TILES*W], of which those of a node with later ones, and with itself, count. */
enum { CHUNK = 32, STRIDE = TILES * W };

/* added adds the products of rows of x with each other to those of HIGH nodes and two tiles. */
enum { HIGH = 4 };
FUNC void added(double *products, const double *x, i64 i, i64 tile, i64 wide) {
	lane sum[HIGH][2];
	for (i32 h = 0; h < HIGH; h++)
		for (i32 v = 0; v < wide; v++) sum[h][v] = at(products + h * STRIDE + v * W);
	for (i64 r = 0; r < CHUNK; r++) {
		const double *row = x + r * STRIDE;
		const lane b0 = at(row + tile * W), b1 = wide > 1 ? at(row + tile * W + W) : b0;
		for (i32 h = 0; h < HIGH; h++) {
			const double a = row[i + h];
			sum[h][0] += b0 * a;
			if (wide > 1) sum[h][1] += b1 * a;
		}
	}
	for (i32 h = 0; h < HIGH; h++)
		for (i32 v = 0; v < wide; v++) put(products + h * STRIDE + v * W, sum[h][v]);
}

KERNEL(products) {
	SHARED(double, x, CHUNK * STRIDE);
	SHARED(double, square, STRIDE * STRIDE);
	SHARED(lane, sum, TILES);
	SHARED(lane, least, TILES);
	SHARED(lane, most, TILES);
	const i64 *edge = A->number + 1;
	double *out = A->out;
	for (i64 block = 0; block < A->number[0]; block++, out += (3 + NODES) * STRIDE) {
		for (i64 k = 0; k < STRIDE * STRIDE; k++) square[k] = 0;
		for (i64 a = 0; a < TILES; a++) {
			sum[a] = all(0);
			least[a] = all(1.0 / 0.0);
			most[a] = all(-1.0 / 0.0);
		}
		for (i64 from = edge[2 * block]; from < edge[2 * block + 1]; from += CHUNK) {
			const i64 rows = edge[2 * block + 1] - from < CHUNK ? edge[2 * block + 1] - from : CHUNK;
			for (i64 a = 0; a < TILES; a++) {
				const lane shift = at(A->table + a * W);
				lane s = sum[a], low = least[a], high = most[a];
				for (i64 r = 0; r < rows; r++) {
					const lane v = sample(A, from + r, a), y = v - shift;
					s += y;
					low = lesser(v, low);
					high = greater(v, high);
					put(x + r * STRIDE + a * W, y);
				}
				for (i64 r = rows; r < CHUNK; r++) put(x + r * STRIDE + a * W, all(0));
				sum[a] = s;
				least[a] = low;
				most[a] = high;
			}
			for (i64 i = 0; i < NODES; i += HIGH) {
				i64 tile = i / W;
				for (; tile + 2 <= TILES; tile += 2) added(square + i * STRIDE + tile * W, x, i, tile, 2);
				if (tile < TILES) added(square + i * STRIDE + tile * W, x, i, tile, 1);
			}
		}
		for (i64 a = 0; a < TILES; a++) {
			put(out + a * W, sum[a]);
			put(out + (TILES + a) * W, least[a]);
			put(out + (2 * TILES + a) * W, most[a]);
		}
		for (i64 k = 0; k < NODES * STRIDE; k++) out[3 * STRIDE + k] = square[k];
	}
}
