/* The phases of the analytic signals. kept has, of each tile, the angles [t][W]: fractions of a turn in 32 bits of a measure
   that rises with the phase and needs no arc tangent, y/(|x|+|y|) and the quadrant. It turns by half its range with half a
   turn. Behind them lie the imaginary parts [t][W], where they are asked for. */
typedef i32 some_angles __attribute__((vector_size(4 * W)));
typedef u64 u64_anywhere __attribute__((may_alias, aligned(2)));
typedef u64 angle_pairs __attribute__((vector_size(4 * W), may_alias));

FUNC lane *imaginary_of(const struct args *A, i64 n) { return (lane *)A->kept + (TILES * n + 1) / 2; }

/* quotient is y/d to an ulp or two, for d from 1e-300 to 1e300. */
FUNC lane quotient(lane y, lane d) {
#if defined __AVX512F__
	/* A division takes a vector as long as twenty multiplications; from 14 bits, two of Newton's steps lead to all of them. */
	lane r = __builtin_ia32_rcp14pd512_mask(d, d, 255);
	r += r * (1 - d * r);
	r += r * (1 - d * r);
	return y * r;
#else
	return y / d;
#endif
}

FUNC some_angles angle(lane x, lane y) {
	const mask left = (mask)x & (1ll << 63);
	const lane q = quotient(y, magnitude(x) + magnitude(y) + 1e-300);
	/* On the left side it is 2 - q. The sum brings the whole number of quarters/2^30 to the lowest bits. */
	const mask turns = (mask)((lane)((mask)q ^ left) * 0x1p30 + 0x1.8p52) ^ left >> 32 & 1ll << 31;
	return __builtin_convertvector(turns, some_angles);
}

/* analytic: number is { whether imaginary parts are asked for, plan }, table { plan, centres, scales }. */
KERNEL(analytic) {
	const struct plan p = plan_of(A->number + 1, A->table);
	const i64 exact = A->number[0];
	const double *centres = p.rest, *scales = centres + TILES * W;
	cell *matrix = (cell *)A->work;
	some_angles *angles = (some_angles *)A->kept;
	lane *imaginary = imaginary_of(A, p.n);
	SHARED(struct line, lines, 3);
	for (i64 a = 0; a < TILES; a += 2) {
		const i64 b = a + 1 < TILES ? a + 1 : a;
		const lane centre_a = at(centres + a * W), scale_a = at(scales + a * W);
		const lane centre_b = at(centres + b * W), scale_b = b > a ? at(scales + b * W) : all(0);
		for (i64 t = 0; t < p.n; t++) {
			matrix[t][0] = scaled(sample(A, t, a), centre_a, scale_a);
			matrix[t][1] = scaled(sample(A, t, b), centre_b, scale_b);
		}
		for (i64 t2 = 0; t2 < p.columns; t2++) column_fft(&p, matrix + t2, matrix + t2, p.columns, t2, lines + 1);
		/* A quarter of a turn back for positive frequencies, forward for negative ones; 0 and n/2 have none. That makes im, -re
		   of the former, which are exchanged for the way back. */
		for (i64 k1 = 0; k1 < p.rows; k1++) {
			cell *row = matrix + k1 * p.columns, *x = lines[0].z;
			row_fft(&p, x, row, 0, lines + 1);
			i64 k2 = 0;
			if (k1 == 0) x[k2][0] = x[k2][1] = all(0), k2++;
			for (; 2 * (k1 + p.rows * k2) < p.n; k2++) x[k2][0] = -x[k2][0];
			if (2 * (k1 + p.rows * k2) == p.n) x[k2][0] = x[k2][1] = all(0), k2++;
			for (; k2 < p.columns; k2++) x[k2][1] = -x[k2][1];
			row_fft(&p, row, x, p.by_row + 2 * k1 * p.columns, lines + 1);
		}
		for (i64 t2 = 0; t2 < p.columns; t2++) {
			line_fft(matrix + t2, p.columns, matrix + t2, p.columns, p.rows, p.row_factors, p.row_turns, 0, lines + 1);
		}
		const double norm = 1 / (double)p.n;
		for (i64 t = 0; t < p.n; t++) {
			const lane im_a = matrix[t][1] * norm, im_b = matrix[t][0] * norm;
			angles[a * p.n + t] = angle(scaled(sample(A, t, a), centre_a, scale_a), im_a);
			if (b > a) angles[b * p.n + t] = angle(scaled(sample(A, t, b), centre_b, scale_b), im_b);
			if (!exact) continue;
			imaginary[a * p.n + t] = im_a;
			if (b > a) imaginary[b * p.n + t] = im_b;
		}
	}
}

/* What the pairs of nodes at count times from begin on are compared with: their angles in rows[node][time], of which the
   higher 16 bits nearly always tell, and more exactly where those are too near. */
enum { SPAN = 2048, SHORTS = 32, LOOK = 8 * SHORTS };
typedef unsigned short shorts __attribute__((vector_size(2 * SHORTS), aligned(2)));
typedef short shorts512 __attribute__((vector_size(64)));
typedef u64 words __attribute__((vector_size(2 * SHORTS)));

struct phases {
	const struct args *A;
	const double *centres, *scales;
	const some_angles *angles;
	const lane *imaginary; /* 0 where there are none */
	i64 samples, begin, count;
	unsigned short (*rows)[SPAN];
	i64 open; /* pairs of which even 32 bits do not tell, without imaginary parts */
};

/* near has a bit for each difference, given twice, that leaves the order of two nodes open: angles of 16 bits, d - 1 apart, may
   stand for ones in any order with d from 0 to 2, or half a turn from there. */
FUNC u32 near(shorts twice) {
#if defined __AVX512BW__
	/* Of plain C, gcc 12 makes a vector of the comparison and takes that apart. */
	return __builtin_ia32_ucmpw512_mask((shorts512)twice, (shorts512)(twice * 0 + 4), 2, ~0u);
#else
	const words open = (words)(twice <= 4);
	u64 any = 0;
	u32 bits = 0;
	for (i64 w = 0; w < SHORTS / 4; w++) any |= open[w];
	for (i64 l = 0; any && l < SHORTS; l++) bits |= (u32)(twice[l] <= 4) << l;
	return bits;
#endif
}

/* sign_of is the sign of sin(phi_i - phi_j) at a time, 0 where |sin| <= 1e-9. Angles of 32 bits are rounded by half a unit each,
   and a sine of 1e-9 is 1.08 units or less: from 3 units on they tell. */
FUNC i32 sign_of(struct phases *p, i64 i, i64 j, i64 t) {
	const i64 at_i = i / W * p->samples + p->begin + t, at_j = j / W * p->samples + p->begin + t;
	const u32 d = ((const u32 *)(p->angles + at_i))[i % W] - ((const u32 *)(p->angles + at_j))[j % W];
	if (d + d + 6 > 12) return d >> 31 ? -1 : 1;
	if (!p->imaginary) {
		p->open++;
		return 0;
	}
	const double xi = (single(p->A, p->begin + t, i) - p->centres[i]) * p->scales[i];
	const double xj = (single(p->A, p->begin + t, j) - p->centres[j]) * p->scales[j];
	const double yi = ((const double *)(p->imaginary + at_i))[i % W], yj = ((const double *)(p->imaginary + at_j))[j % W];
	const double s = yi * xj - xi * yj, limit = 1e-9 * WIDE_SQRT((xi * xi + yi * yi) * (xj * xj + yj * yj));
	return (s > limit) - (s < -limit);
}

/* mended is what is to be added to the signs that 16 bits have told from a time on, over LOOK times. */
__attribute__((noinline)) static i32 mended(struct phases *p, i64 i, i64 j, const unsigned short *ahead, i64 from) {
	i32 sum = 0;
	for (i64 t = from; t < from + LOOK; t += SHORTS) {
		const shorts d = *(const shorts *)(ahead + t) - *(const shorts *)(p->rows[j] + t);
		for (u32 open = near(d + d); open; open &= open - 1) {
			const i64 at = t + __builtin_ctz(open);
			const unsigned short told = ahead[at] - p->rows[j][at];
			sum += sign_of(p, i, j, at) - (told >> 15 ? -1 : 1);
		}
	}
	return sum;
}

/* signs is the sum over times, whole of them with those beyond the last, of the signs of node i less node j. ahead is the
   row of i, one unit further. */
FUNC i32 signs(struct phases *p, i64 i, i64 j, const unsigned short *ahead, i64 whole) {
	const unsigned short *row = p->rows[j];
	i32 sum = (i32)p->count;
	unsigned short late[SHORTS] = {}, least[SHORTS];
	for (i64 from = 0; from < whole; from += LOOK) {
		LANES(l, SHORTS) least[l] = 65535;
		for (i64 t = from; t < from + LOOK; t += SHORTS)
			LANES(l, SHORTS) {
				const unsigned short d = ahead[t + l] - row[t + l], twice = d + d;
				late[l] += d >> 15;
				least[l] = twice < least[l] ? twice : least[l];
			}
		if (SELDOM(near(*(const shorts *)least))) sum += mended(p, i, j, ahead, from);
	}
	i32 behind = -(i32)(whole - p->count);
	for (i64 l = 0; l < SHORTS; l++) behind += late[l];
	return sum - 2 * behind;
}

/* turned_rows puts the higher halves of the angles of a tile at four times into the rows of its nodes. */
FUNC void turned_rows(unsigned short (*rows)[SPAN], const angle_pairs *x, i64 t) {
	const u64 high = 0xffff0000ffff0000ull, first = 0xffffffffull;
	/* Of each node two times in 32 bits, and then four in 64. */
	const angle_pairs early = (x[0] & high) >> 16 | (x[1] & high), late = (x[2] & high) >> 16 | (x[3] & high);
	const angle_pairs even = (early & first) | late << 32, odd = early >> 32 | (late & ~first);
	for (i64 k = 0; k < W / 2; k++) {
		*(u64_anywhere *)(rows[2 * k] + t) = even[k];
		*(u64_anywhere *)(rows[2 * k + 1] + t) = odd[k];
	}
}

/* pli: out[pair] = sum over t of sign(sin(phi_i - phi_j)), 0 where |sin| <= 1e-9; behind them how many of these cannot be told
   without imaginary parts. number is { samples, from, to, whether there are imaginary parts }, table { centres, scales }. */
KERNEL(pli) {
	const i64 from = A->number[1], to = A->number[2], pairs = (i64)NODES * (NODES - 1) / 2;
	struct phases p = { A, A->table, A->table + TILES * W, (const some_angles *)A->kept };
	p.samples = A->number[0];
	if (A->number[3]) p.imaginary = imaginary_of(A, p.samples);
	p.rows = (unsigned short (*)[SPAN])A->work;
	unsigned short *ahead = p.rows[TILES * W];
	for (i64 k = 0; k < pairs; k++) A->out[k] = 0;
	for (p.begin = from; p.begin < to; p.begin += SPAN) {
		p.count = to - p.begin < SPAN ? to - p.begin : SPAN;
		for (i64 tile = 0; tile < TILES; tile++)
			for (i64 t = 0; t < p.count; t += 4) turned_rows(p.rows + tile * W, (const angle_pairs *)(p.angles + tile * p.samples + p.begin + t), t);
		/* Beyond the last time, a node lies behind those with higher numbers, and not too near. */
		const i64 whole = (p.count + LOOK - 1) / LOOK * LOOK;
		for (i64 i = 0; i < NODES; i++)
			for (i64 t = p.count; t < whole; t++) p.rows[i][t] = 4 * i;
		double *out = A->out;
		for (i64 i = 0; i < NODES; i++) {
			for (i64 t = 0; t < whole; t++) ahead[t] = p.rows[i][t] + 1;
			for (i64 j = i + 1; j < NODES; j++, out++)
				if (p.scales[i] != 0 && p.scales[j] != 0) *out += signs(&p, i, j, ahead, whole);
		}
	}
	A->out[pairs] = (double)p.open;
}
