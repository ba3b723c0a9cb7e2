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
	const reals *x[ABREAST_TILES];
	reals low[ABREAST_TILES], high[ABREAST_TILES];
	lane shift[ABREAST_TILES], sum[ABREAST_TILES];
	for (i32 v = 0; v < wide; v++) {
		x[v] = (const reals *)(A->tiles + ((tile + v) * A->room + A->first) * W);
		low[v] = high[v] = x[v][0];
		shift[v] = widened((const real *)x[v]);
		sum[v] = all(0);
	}
	for (i64 t = 1; t < A->samples; t++)
		for (i32 v = 0; v < wide; v++) {
			const reals now = x[v][t];
			sum[v] += widened((const real *)(x[v] + t)) - shift[v];
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

/* histogram: of each node the samples in each of BINS equal bins on [0, TOP], [node][BINS]. A border belongs to the bin above,
   the last one to the last. */
enum { BINS = 101, TOP = 100 };
typedef i32 indices __attribute__((vector_size(32)));

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

enum { NEAR = 64 }; /* rows that stay in the nearest cache */

KERNEL(histogram) {
	SHARED(u32, count, TILES * W * (BINS + 1));
	for (i64 k = 0; k < TILES * W * (BINS + 1); k++) count[k] = 0;
	for (i64 from = 0; from < A->samples; from += NEAR)
		for (i64 a = 0; a < TILES; a++) {
			u32 *mine = count + a * W * (BINS + 1);
			for (i64 t = from; t < from + NEAR && t < A->samples; t++) {
				union { indices all; i32 of[W]; } k = { bin(sample(A, t, a)) };
				for (i64 l = 0; l < W; l++) mine[l * (BINS + 1) + k.of[l]]++;
			}
		}
	for (i64 i = 0; i < NODES; i++)
		for (i64 k = 0; k < BINS; k++) A->out[i * BINS + k] = count[i * (BINS + 1) + k];
}

/* states: y = sum over k of weight[k] x[t + k - radius], the ends mirrored as often as needed; out has, of each tile and
   time, 8 bytes, of which those of nodes are not 0 that are above ratio times its greatest y plus offset, behind two rows of TILES*W,
   the greatest y and the threshold. number is { taps }, an odd one; table { ratio, offset, flat[TILES*W], weights }.
   A node whose flat is not 0 is not smoothed. */
typedef signed char bytes __attribute__((vector_size(8)));

KERNEL(states) {
	const i64 taps = A->number[0], radius = taps / 2, n = A->samples;
	const double ratio = A->table[0], offset = A->table[1], *flat = A->table + 2, *weight = flat + TILES * W;
	lane *x = (lane *)A->work, *y = x + n + 2 * radius + 16;
	double *out = A->out;
	bytes *up = (bytes *)(out + 2 * TILES * W);
	for (i64 a = 0; a < TILES; a++) {
		for (i64 t = 0; t < n; t++) x[radius + t] = sample(A, t, a);
		for (i64 k = 1; k <= radius; k++) {
			const i64 left = (k - 1) % (2 * n), right = (n - 1 + k) % (2 * n);
			x[radius - k] = x[radius + (left < n ? left : 2 * n - 1 - left)];
			x[radius + n - 1 + k] = x[radius + (right < n ? right : 2 * n - 1 - right)];
		}
		for (i64 t = 0; t < 16; t++) x[n + 2 * radius + t] = all(0);
		const mask is_flat = (mask)(at(flat + a * W) != 0);
		lane most = all(-1.0 / 0.0);
		for (i64 t = 0; t < n; t += 8) {
			lane s[8] = {};
			const lane *from = x + t;
			i64 k = 0;
			for (; k + 2 <= taps; k += 2) {
				lane v[9];
				for (i32 o = 0; o < 9; o++) v[o] = from[k + o];
				const double w0 = weight[k], w1 = weight[k + 1];
				for (i32 o = 0; o < 8; o++) {
					s[o] += v[o] * w0;
					s[o] += v[o + 1] * w1;
				}
			}
			for (; k < taps; k++)
				for (i32 o = 0; o < 8; o++) s[o] += from[k + o] * weight[k];
			for (i64 o = 0; o < 8 && t + o < n; o++) {
				y[t + o] = choose(is_flat, x[radius + t + o], s[o]);
				most = greater(y[t + o], most);
			}
		}
		const lane threshold = most * ratio + offset;
		put(out + a * W, most);
		put(out + (TILES + a) * W, threshold);
		for (i64 t = 0; t < n; t++) {
			up[a * n + t] = __builtin_convertvector((mask)(y[t] > threshold), bytes);
		}
	}
}
