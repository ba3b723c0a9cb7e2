/* The phases of the analytic signals. kept has, of each tile, the angles [t][W]: fractions of a turn in 32 bits of a measure
   that rises with the phase and needs no arc tangent, y/(|x|+|y|) and the quadrant. It turns by half its range with half a
   turn. Behind them lie the imaginary parts [t][W], where they are asked for. */
typedef i32 some_angles __attribute__((vector_size(4 * W)));
typedef u64 u64_anywhere __attribute__((may_alias, aligned(2)));
typedef u64 angle_pairs __attribute__((vector_size(4 * W), may_alias));

FUNC lane *imaginary_of(const struct args *A, i64 n) { return (lane *)A->kept + (TILES * n + 1) / 2; }

/* quotient is y/d to 42 bits or more, for d from 1e-300 to 1e300. */
FUNC lane quotient(lane y, lane d) {
#if defined __AVX512F__
	/* A division takes a vector as long as twenty multiplications. 1/(1 - e) is 1 + e + e^2 but for e^3, and e is below 2^-14. */
	lane r = __builtin_ia32_rcp14pd512_mask(d, d, 255);
	const lane e = 1 - d * r;
	return y * (r + r * (e + e * e));
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

/* A quarter of a turn back for positive frequencies, forward for negative ones; 0 and n/2 have none.

   A series of even length is transformed as z[m] = x[2m] + i x[2m+1] (Cooley, Lewis, Welch 1970, J Sound Vib 12:315). With E and O,
   the coefficients of even and odd times, those of x are E + wO at k and E - wO at k + n/2, w = exp(-2 pi i k/n). So -i wO takes the
   place of E, and -i E/w that of O: odd times come of even ones alone, and even times of odd ones. Even times are wanted one number
   later, which divides by w twice; then what is transformed back is -i/w times what there was, and nothing need be taken apart.
   w has a factor for k1, which table `rows` has with the turns between rows and columns and with the scale, and one for k2, which
   table `turns` has. Transformed forth once more, the numbers come in reverse. */
FUNC void row_turned(const struct plan *p, cell *matrix, i64 k1, const double *turns, const double *rows, struct line *scratch) {
	cell *row = matrix + k1 * p->stride, *x = scratch[0].z;
	row_fft(p, x, row, turns, scratch + 1);
	if (k1 == 0) x[0][0] = x[0][1] = all(0);
	row_fft(p, row, x, rows + 2 * k1 * p->columns, scratch + 1);
}

/* row_quartered does it where real and imaginary parts are two series, of odd length. */
FUNC void row_quartered(const struct plan *p, cell *matrix, i64 k1, struct line *scratch) {
	cell *row = matrix + k1 * p->stride, *x = scratch[0].z;
	row_fft(p, x, row, 0, scratch + 1);
	for (i64 k2 = 0; k2 < p->columns; k2++) {
		/* These make im, -re of positive frequencies, and so on, once the parts are exchanged. */
		if (2 * (k1 + p->rows * k2) < p->n) x[k2][0] = -x[k2][0];
		else x[k2][1] = -x[k2][1];
	}
	if (k1 == 0) x[0][0] = x[0][1] = all(0);
	row_fft(p, row, x, p->by_row + 2 * k1 * p->columns, scratch + 1);
}

/* What a tile's analytic signals are made of, and where its angles go, and its imaginary parts, unless that is 0. */
struct signals {
	const struct args *A;
	i64 tile;
	lane centre, scale;
	some_angles *angles;
	lane *imaginary;
};

FUNC struct signals signals_of(const struct args *A, i64 tile, const double *centres, i64 n) {
	return (struct signals){ A, tile, at(centres + tile * W), at(centres + (TILES + tile) * W), (some_angles *)A->kept + tile * n,
		A->number[0] ? imaginary_of(A, n) + tile * n : 0 };
}

FUNC lane scaled_at(const struct signals *s, i64 t) { return scaled(sample(s->A, t, s->tile), s->centre, s->scale); }

FUNC void left_at(const struct signals *s, i64 t, lane im) {
	s->angles[t] = angle(scaled_at(s, t), im);
	if (s->imaginary) s->imaginary[t] = im;
}

FUNC void columns_transformed(const struct plan *p, cell *matrix, const double *turns, struct line *scratch) {
	for (i64 t2 = 0; t2 < p->columns; t2++)
		line_fft(matrix + t2, p->stride, matrix + t2, p->stride, p->rows, p->row_factors, p->row_turns, turns ? turns + 2 * t2 * p->rows : 0, scratch);
}

/* tile_analytic takes a tile with an even number of samples; turns are those of row_turned, for rows behind those for columns. */
FUNC void tile_analytic(const struct signals *s, const struct plan *p, const double *turns, cell *matrix, struct line *scratch) {
	const i64 n = 2 * p->n;
	for (i64 k1 = 0; k1 < p->rows; k1++)
		for (i64 t2 = 0; t2 < p->columns; t2++)
			for (i64 o = 0; o < 2; o++) matrix[k1 * p->stride + t2][o] = scaled_at(s, 2 * (k1 * p->columns + t2) + o);
	columns_transformed(p, matrix, p->by_column, scratch);
	for (i64 k1 = 0; k1 < p->rows; k1++) row_turned(p, matrix, k1, turns, turns + 2 * p->columns, scratch);
	columns_transformed(p, matrix, 0, scratch);
	for (i64 k1 = 0; k1 < p->rows; k1++) {
		const cell *z = matrix + k1 * p->stride;
		for (i64 t2 = 0; t2 < p->columns; t2++) {
			const i64 place = k1 * p->columns + t2, t = place > 0 ? n + 1 - 2 * place : 1;
			left_at(s, t, z[t2][0]);
			left_at(s, t + 1 < n ? t + 1 : 0, z[t2][1]);
		}
	}
}

/* tiles_analytic takes two tiles with an odd number of samples, as real and imaginary parts; the second one may be the first again. */
FUNC void tiles_analytic(const struct signals *s, const struct signals *other, const struct plan *p, cell *matrix, struct line *scratch) {
	const double norm = 1 / (double)p->n;
	for (i64 k1 = 0; k1 < p->rows; k1++)
		for (i64 t2 = 0; t2 < p->columns; t2++) {
			matrix[k1 * p->stride + t2][0] = scaled_at(s, k1 * p->columns + t2);
			matrix[k1 * p->stride + t2][1] = scaled_at(other, k1 * p->columns + t2);
		}
	columns_transformed(p, matrix, p->by_column, scratch);
	for (i64 k1 = 0; k1 < p->rows; k1++) row_quartered(p, matrix, k1, scratch);
	columns_transformed(p, matrix, 0, scratch);
	for (i64 k1 = 0; k1 < p->rows; k1++)
		for (i64 t2 = 0; t2 < p->columns; t2++) {
			const cell *z = matrix + k1 * p->stride + t2;
			left_at(other, k1 * p->columns + t2, (*z)[0] * norm);
			left_at(s, k1 * p->columns + t2, (*z)[1] * norm);
		}
}

/* analytic: number is { whether imaginary parts are asked for, samples of a series to a complex number: 2, or 1 of an odd number of
   them, plan }, table { plan, centres, scales, and for 2 the turns of row_turned }. */
KERNEL(analytic) {
	const i64 each = A->number[1];
	const struct plan p = plan_of(A->number + 2, A->table);
	cell *matrix = (cell *)A->work;
	SHARED(struct line, lines, 3);
	for (i64 a = 0; a < TILES; a += 3 - each) {
		const struct signals s = signals_of(A, a, p.rest, each * p.n);
		if (each == 2) {
			tile_analytic(&s, &p, p.rest + 2 * TILES * W, matrix, lines);
			continue;
		}
		const struct signals other = a + 1 < TILES ? signals_of(A, a + 1, p.rest, p.n) : s;
		tiles_analytic(&s, &other, &p, matrix, lines);
	}
}

/* What the pairs of nodes are compared with at SPAN times from begin on, of which count are not beyond the last one: the higher 16
   bits of angles, which nearly always tell. The highest is the half of the turn: half has, of each node, a set of the times at which
   it is the second. The others, doubled so that they wrap in half a turn, and less 2^15 to have signs, are in rows[node][time]. Node i
   lies behind j where an odd number of these holds: i is in the second half; j is; the row of i is less than that of j. */
#if defined __AVX512BW__
enum { SHORTS = 32 };
#elif defined __AVX__
enum { SHORTS = 16 };
#else
enum { SHORTS = 8 };
#endif
enum { SPAN = 256, VECTORS = SPAN / SHORTS, WORDS = SPAN / 64 };
typedef unsigned short shorts __attribute__((vector_size(2 * SHORTS), aligned(2), may_alias));
typedef short signed_shorts __attribute__((vector_size(2 * SHORTS)));
typedef u64 words __attribute__((vector_size(2 * SHORTS)));
typedef u32 u32_there __attribute__((may_alias));
typedef u64 set[TILES * W]; /* WORDS of them: those of each node have a bit for each time, in one order for all */

struct phases {
	const struct args *A;
	const double *centres, *scales;
	const some_angles *angles;
	const lane *imaginary; /* 0 where there are none */
	i64 samples, begin, count;
	unsigned short (*rows)[SPAN];
	set half[WORDS] __attribute__((aligned(64)));
	set less[WORDS] __attribute__((aligned(64))); /* the row of a node is less than that of each other */
	i64 open; /* pairs of which even 32 bits do not tell, without imaginary parts */
};

FUNC shorts shorts_at(const unsigned short *row, i64 v) { return *(const shorts *)(row + v * SHORTS); }

/* Both are the minimum, with signs: clang 14 sees it in the former alone, gcc 12 in the latter. */
FUNC shorts lesser_shorts(shorts x, shorts y) {
#if defined __clang__
	const shorts less = (shorts)((signed_shorts)x < (signed_shorts)y);
	return (less & x) | (~less & y);
#else
	short a[SHORTS], b[SHORTS];
	*(shorts *)a = x;
	*(shorts *)b = y;
	LANES(l, SHORTS) a[l] = a[l] < b[l] ? a[l] : b[l];
	return *(shorts *)a;
#endif
}

/* below has a bit for each lane in which a < b, with their signs. */
FUNC u32 below(shorts a, shorts b) {
#if defined __AVX512BW__
	/* Of plain C, gcc 12 makes a vector of the comparison and takes that apart. */
	return __builtin_ia32_cmpw512_mask((signed_shorts)a, (signed_shorts)b, 1, ~0u);
#else
	const words so = (words)((signed_shorts)a < (signed_shorts)b);
	u64 any = 0;
	u32 bits = 0;
	for (i64 w = 0; w < SHORTS / 4; w++) any |= so[w];
	for (i64 l = 0; any && l < SHORTS; l++) bits |= (u32)((short)a[l] < (short)b[l]) << l;
	return bits;
#endif
}

/* apart is the difference of rows, 2 more than it is to have none below 0, and less 2^15. near has a bit for each that leaves the
   order of two nodes open: rows that differ by 2 or not at all stand for angles in any order, or for some half a turn apart. */
FUNC shorts apart(shorts a, shorts b) { return a + (2 - 32768) - b; }
FUNC u32 near(shorts apart) { return below(apart, (5 - 32768) + (shorts){}); }

/* compared_rows has the set of a node be the times at which a < b, and finds in each lane how little these rows are apart. */
FUNC shorts compared_rows(const unsigned short *a, const unsigned short *b, set *of) {
#if defined __AVX512BW__
	for (i64 v = 0; v < VECTORS; v++) ((u32_there *)of[v / 2])[v % 2] = below(shorts_at(a, v), shorts_at(b, v));
#else
	/* A comparison makes a number of a lane, not a bit: each gathers the bits of 16 vectors. */
	for (i64 v = 0; v < VECTORS; v += 16) {
		union { shorts all; u64 word[SHORTS / 4]; } bits = {};
		for (i64 k = v; k < v + 16; k++) bits.all += bits.all - (shorts)((signed_shorts)shorts_at(a, k) < (signed_shorts)shorts_at(b, k));
		for (i64 w = 0; w < SHORTS / 4; w++) of[v * SHORTS / 64 + w][0] = bits.word[w];
	}
#endif
	shorts least = 32767 + (shorts){};
	for (i64 v = 0; v < VECTORS; v++) least = lesser_shorts(apart(shorts_at(a, v), shorts_at(b, v)), least);
	return least;
}

/* sign_of is the sign of sin(phi_i - phi_j) at a time, 0 where |sin| <= 1e-9. Angles of 32 bits are rounded by half a unit each (and a thousandth),
   and a sine of 1e-9 is 1.08 units or less: from 3 units on they tell. told is what 16 bits have told. */
FUNC i32 sign_of(struct phases *p, i64 i, i64 j, i64 t, i32 *told) {
	const i64 at_i = i / W * p->samples + p->begin + t, at_j = j / W * p->samples + p->begin + t;
	const u32 of_i = ((const u32 *)(p->angles + at_i))[i % W], of_j = ((const u32 *)(p->angles + at_j))[j % W], d = of_i - of_j;
	*told = ((of_i >> 16) - (of_j >> 16)) & 1 << 15 ? -1 : 1;
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

/* mended is what is to be added for a pair to the signs that 16 bits have told. */
__attribute__((noinline)) static i32 mended(struct phases *p, i64 i, i64 j) {
	i32 sum = 0, told;
	for (i64 v = 0; v < VECTORS; v++)
		for (u32 open = near(apart(shorts_at(p->rows[i], v), shorts_at(p->rows[j], v))); open; open &= open - 1) {
			sum += sign_of(p, i, j, v * SHORTS + __builtin_ctz(open), &told);
			sum -= told;
		}
	return sum;
}

/* signs adds to out, for the pairs of node i with those behind it, the sums over times of the signs. */
FUNC void signs(struct phases *p, i64 i, double *out) {
	i64 open = 0, list[NODES], behind[TILES * W];
	unsigned short (*const rows)[SPAN] = p->rows, own[SPAN]; /* of which the compiler knows that nothing else changes them */
	if (p->scales[i] == 0) return;
	for (i64 t = 0; t < SPAN; t++) own[t] = rows[i][t];
	for (i64 j = i + 1; j < NODES; j++) {
		const shorts least = compared_rows(own, rows[j], (set *)&p->less[0][j]);
		list[open] = j;
		open += near(least) != 0;
	}
	for (i64 from = i / W * W; from < TILES * W; from += W) {
		i64 sum[W] = {};
		for (i64 w = 0; w < WORDS; w++)
			LANES(l, W) sum[l] += __builtin_popcountll(p->less[w][from + l] ^ p->half[w][from + l] ^ p->half[w][i]);
		LANES(l, W) behind[from + l] = sum[l] - (SPAN - p->count);
	}
	for (i64 j = i + 1; j < NODES; j++)
		if (p->scales[j] != 0) out[j - i - 1] += (double)(p->count - 2 * behind[j]);
	for (i64 k = 0; k < open; k++)
		if (p->scales[list[k]] != 0) out[list[k] - i - 1] += mended(p, i, list[k]);
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

/* rows_filled has rows and half be those of the times from begin on. */
FUNC void rows_filled(struct phases *p) {
	_Static_assert(2 * NODES <= 1 << 15, "half a turn has a place for each node");
	unsigned short middle[SPAN] = {};
	for (i64 tile = 0; tile < TILES; tile++)
		for (i64 t = 0; t < p->count; t += 4) turned_rows(p->rows + tile * W, (const angle_pairs *)(p->angles + tile * p->samples + p->begin + t), t);
	for (i64 i = 0; i < NODES; i++) {
		unsigned short *row = p->rows[i];
		/* Beyond the last time, a node lies behind those with higher numbers, and not too near: their rows differ by 4 or more. */
		for (i64 t = p->count; t < SPAN; t++) row[t] = 2 * i;
		compared_rows(row, middle, (set *)&p->half[0][i]);
		for (i64 t = 0; t < SPAN; t++) row[t] = 2 * row[t] + 32768;
	}
}

/* angles_asked asks for a share of the angles that rows_filled needs next: memory is slow, and there is time while pairs are compared. */
FUNC void angles_asked(const struct phases *p, i64 share, i64 shares) {
	for (i64 tile = 0; tile < TILES; tile++)
		for (i64 t = share * SPAN / shares; t < (share + 1) * SPAN / shares; t += 64 / sizeof(some_angles))
			__builtin_prefetch(p->angles + tile * p->samples + p->begin + SPAN + t, 0, 2);
}

/* pli: out[pair] = sum over t of sign(sin(phi_i - phi_j)), 0 where |sin| <= 1e-9; behind them how many of these cannot be told
   without imaginary parts. number is { samples, from, to, whether there are imaginary parts }, table { centres, scales }. */
KERNEL(pli) {
	const i64 from = A->number[1], to = A->number[2], pairs = (i64)NODES * (NODES - 1) / 2;
	struct phases p = { A, A->table, A->table + TILES * W, (const some_angles *)A->kept };
	p.samples = A->number[0];
	if (A->number[3]) p.imaginary = imaginary_of(A, p.samples);
	p.rows = (unsigned short (*)[SPAN])A->work;
	for (i64 k = 0; k < pairs; k++) A->out[k] = 0;
	for (p.begin = from; p.begin < to; p.begin += SPAN) {
		p.count = to - p.begin < SPAN ? to - p.begin : SPAN;
		rows_filled(&p);
		double *out = A->out;
		for (i64 i = 0; i < NODES; out += NODES - 1 - i, i++) {
			angles_asked(&p, i, NODES);
			signs(&p, i, out);
		}
	}
	A->out[pairs] = (double)p.open;
}
