/* states: y = sum over k of weight[k] x[t + k - radius], the ends mirrored as often as needed; out has two rows of TILES*W, the
   greatest y and the threshold, which is ratio times it plus offset, and then, of each tile and eight times, a byte for each
   node with a bit for each time: 1 where y is above the threshold. number is { taps }, an odd one; table { ratio, offset,
   flat[TILES*W], near[TILES*W], nearer[TILES*W], part[STEP][POINTS], weights }. A node whose flat is not 0 is not smoothed.

   y bends so little that its value at every STEP times tells most of the rest. Between two of them it keeps within near of the
   line from one to the other, and within nearer of what the POINTS values around it, part by part, add up to. The times at which
   this leaves open whether y is the greatest, or above the threshold, are looked into: y is summed there. So all decisions are
   those of sums at all times. Nothing is open for a node whose near and nearer are no numbers. */
enum { STEP = 8, POINTS = 8, BEFORE = POINTS / 2 - 1, AFTER = POINTS / 2, GROUP = 8 };
typedef signed char bytes __attribute__((vector_size(W)));
#if W == 8
typedef u64 word;
#elif W == 4
typedef u32 word;
#else
typedef unsigned short word;
#endif
typedef word word_there __attribute__((may_alias));

/* word_of has a byte for each lane of m. */
FUNC word word_of(mask m) { return (word)__builtin_convertvector(m, bytes); }

struct smoothing {
	const lane *x; /* from time 0 on, and as far before and behind as any sum reaches */
	const lane *y; /* at every STEP times, from 0 on; BEFORE before it and AFTER behind the last one, too */
	const double *part, *weight;
	i64 taps;
	lane near, nearer;
	mask is_flat;
};

/* mirrored is where a time lies among n whose ends are mirrors. */
FUNC i64 mirrored(i64 t, i64 n) {
	const i64 at = (t % (2 * n) + 2 * n) % (2 * n);
	return at < n ? at : 2 * n - 1 - at;
}

/* filled has x reach from time from to to - 1. */
FUNC i64 filled(const struct args *A, i64 tile, lane *x, i64 from, i64 to) {
	for (; from < to && from < 0; from++) x[from] = sample(A, mirrored(from, A->samples), tile);
	for (; from < to && from < A->samples; from++) {
		asked(A, from, tile);
		x[from] = sample(A, from, tile);
	}
	for (; from < to; from++) x[from] = sample(A, mirrored(from, A->samples), tile);
	return to;
}

/* summed finds y at a group of times. */
FUNC void summed(const struct smoothing *s, const i64 *t, lane *y) {
	const lane *x[GROUP];
	lane sum[GROUP] = {};
	for (i32 o = 0; o < GROUP; o++) x[o] = s->x + t[o] - s->taps / 2;
	for (i64 k = 0; k < s->taps; k++)
		for (i32 o = 0; o < GROUP; o++) sum[o] += x[o][k] * s->weight[k];
	for (i32 o = 0; o < GROUP; o++) y[o] = choose(s->is_flat, s->x[t[o]], sum[o]);
}

/* between adds up the parts of y from step m to the next. */
FUNC void between(const struct smoothing *s, i64 m, lane *y) {
	for (i32 o = 0; o < STEP; o++) {
		lane sum = all(0);
		for (i32 p = 0; p < POINTS; p++) sum += s->y[m - BEFORE + p] * s->part[o * POINTS + p];
		y[o] = choose(s->is_flat, s->y[m], sum);
	}
}

/* open lists times that are to be looked into. Those beyond count are whatever was there. */
struct open {
	i64 count, time[GROUP + STEP];
};

/* listed adds those of step m, before time n, whose bits are set for some node. */
FUNC void listed(struct open *open, i64 m, mask of, i64 n) {
	u64 bits = word_of(of);
	bits |= bits >> 32;
	bits |= bits >> 16;
	for (bits = (bits | bits >> 8) & 255; bits != 0; bits &= bits - 1) {
		const i64 t = m * STEP + __builtin_ctzll(bits);
		if (t < n) open->time[open->count++] = t;
	}
}

/* taken drops a group of times, or all. */
FUNC void taken(struct open *open) {
	for (i64 o = GROUP; o < open->count; o++) open->time[o - GROUP] = open->time[o];
	open->count = open->count > GROUP ? open->count - GROUP : 0;
}

/* highest has most be the greatest of itself and y at a group of times. */
__attribute__((noinline)) static void highest(const struct smoothing *s, struct open *open, lane *most) {
	lane y[GROUP];
	summed(s, open->time, y);
	for (i32 o = 0; o < GROUP && o < open->count; o++) *most = greater(y[o], *most);
	taken(open);
}

/* greatest is that of y, found among the times from 0 to n - 1. */
FUNC lane greatest(const struct smoothing *s, i64 n) {
	const i64 steps = (n + STEP - 1) / STEP;
	const mask able = (mask)(s->near == s->near);
	struct open open = {};
	lane most = s->y[0];
	for (i64 m = 1; m < steps; m++) most = greater(s->y[m], most);
	for (i64 m = 0; m < steps; m++) {
		if (!word_of((mask)(greater(s->y[m], s->y[m + 1]) + s->near >= most))) continue;
		lane guess[STEP];
		mask may = {};
		between(s, m, guess);
		for (i32 o = 0; o < STEP; o++) may |= ~(mask)(guess[o] + s->nearer < most) & able & 1ll << o;
		listed(&open, m, may, n);
		if (open.count >= GROUP) highest(s, &open, &most);
	}
	if (open.count > 0) highest(s, &open, &most);
	return most;
}

/* decided puts right the bits of a group of times. */
__attribute__((noinline)) static void decided(const struct smoothing *s, struct open *open, const lane *threshold, u8 *up) {
	lane y[GROUP];
	summed(s, open->time, y);
	for (i32 o = 0; o < GROUP && o < open->count; o++) {
		const word bit = (word)(0x0101010101010101ull << open->time[o] % STEP);
		word_there *of = (word_there *)(up + open->time[o] / STEP * TILE);
		*of = (*of & ~bit) | (word_of((mask)(y[o] > *threshold)) & bit);
	}
	taken(open);
}

/* compared fills up with the bits of the times from 0 to n - 1. */
FUNC void compared(const struct smoothing *s, lane threshold, u8 *up, i64 n) {
	const mask able = (mask)(s->near == s->near);
	struct open open = {};
	for (i64 m = 0; m * STEP < n; m++) {
		const lane low = lesser(s->y[m], s->y[m + 1]) - s->near, high = greater(s->y[m], s->y[m + 1]) + s->near;
		word_there *now = (word_there *)(up + m * TILE);
		*now = word_of((mask)(s->y[m] > threshold));
		if (!word_of((mask)(low <= threshold) & (mask)(high > threshold))) continue;
		lane guess[STEP];
		mask above = {}, may = {};
		between(s, m, guess);
		for (i32 o = 0; o < STEP; o++) {
			above |= (mask)(guess[o] > threshold) & 1ll << o;
			may |= ~(mask)(magnitude(guess[o] - threshold) > s->nearer) & able & 1ll << o;
		}
		*now = word_of(above);
		listed(&open, m, may, n);
		if (open.count >= GROUP) decided(s, &open, &threshold, up);
	}
	if (open.count > 0) decided(s, &open, &threshold, up);
}

KERNEL(states) {
	const i64 taps = A->number[0], n = A->samples, steps = (n + STEP - 1) / STEP, ends = taps / 2 + (AFTER + GROUP) * STEP;
	const double ratio = A->table[0], offset = A->table[1], *nodes = A->table + 2, *part = nodes + 3 * TILES * W;
	lane *x = (lane *)A->work + ends, *y = x + n + ends + BEFORE;
	for (i64 a = 0; a < TILES; a++) {
		const struct smoothing s = { x, y, part, part + STEP * POINTS, taps, at(nodes + (TILES + a) * W),
			at(nodes + (2 * TILES + a) * W), (mask)(at(nodes + a * W) != 0) };
		i64 have = -BEFORE * STEP - taps / 2;
		for (i64 m = -BEFORE; m < steps + AFTER; m += GROUP) {
			i64 t[GROUP];
			for (i64 o = 0; o < GROUP; o++) t[o] = (m + o) * STEP;
			have = filled(A, a, x, have, t[GROUP - 1] + taps / 2 + 1);
			summed(&s, t, y + m);
		}
		const lane most = greatest(&s, n), threshold = most * ratio + offset;
		put(A->out + a * W, most);
		put(A->out + (TILES + a) * W, threshold);
		compared(&s, threshold, (u8 *)(A->out + 2 * TILES * W) + a * W / TILE * steps * TILE + a * W % TILE, n);
	}
}
