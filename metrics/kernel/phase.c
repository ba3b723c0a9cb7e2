/* The phases of the analytic signals. kept has, of each tile, the imaginary parts [t][W], and then the angles [t][W]
   as 16-bit fractions of a turn, of a measure that rises with the phase and needs no arc tangent: y/(|x|+|y|) and the
   quadrant. It turns by half its range with half a turn. */
typedef short angle8 __attribute__((vector_size(16), aligned(2)));
typedef u64 u64_anywhere __attribute__((may_alias, aligned(2)));
typedef float lanef __attribute__((vector_size(32)));
typedef i32 lanei __attribute__((vector_size(32)));

FUNC angle8 angle(lane x, lane y) {
	const lanef size = __builtin_convertvector(magnitude(x) + magnitude(y), lanef) + 1e-30f;
	const lanef q = __builtin_convertvector(y, lanef) / size;
	const lanei left = __builtin_convertvector((mask)(x < 0), lanei);
	const lanef turned_ = 2 - q;
	const lanef far = (lanef)(((lanei)q & ~left) | ((lanei)turned_ & left));
	return __builtin_convertvector(__builtin_convertvector((far + 1) * 16384, lanei), angle8);
}

KERNEL(analytic) {
	const struct plan p = plan_of(A->number, A->table);
	const double *centres = p.rest, *scales = centres + TILES * W;
	cell *matrix = (cell *)A->work;
	lane *imaginary = (lane *)A->kept;
	angle8 *angles = (angle8 *)(imaginary + TILES * p.n);
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
		/* A quarter of a turn back for positive frequencies, forward for negative ones; 0 and n/2 have none. */
		for (i64 k1 = 0; k1 < p.rows; k1++) {
			cell *row = matrix + k1 * p.columns, *x = lines[0].z;
			row_fft(&p, x, row, 0, lines + 1);
			for (i64 k2 = 0; k2 < p.columns; k2++) {
				const i64 f = k1 + p.rows * k2;
				const double sign = f == 0 || 2 * f == p.n ? 0 : 2 * f < p.n ? 1 : -1;
				/* (re + i im) (-i sign), with real and imaginary parts exchanged for the way back */
				x[k2][0] *= -sign;
				x[k2][1] *= sign;
			}
			row_fft(&p, row, x, p.by_row + 2 * k1 * p.columns, lines + 1);
		}
		for (i64 t2 = 0; t2 < p.columns; t2++) {
			line_fft(matrix + t2, p.columns, matrix + t2, p.columns, p.rows, p.row_factors, p.row_turns, 0, lines + 1);
		}
		lane largest_a = all(0), largest_b = all(0);
		const double norm = 1 / (double)p.n;
		for (i64 t = 0; t < p.n; t++) {
			const lane re = scaled(sample(A, t, a), centre_a, scale_a), im = matrix[t][1] * norm;
			const lane square = re * re + im * im;
			largest_a = greater(square, largest_a);
			imaginary[a * p.n + t] = im;
			angles[a * p.n + t] = angle(re, im);
			if (b == a) continue;
			const lane re_b = scaled(sample(A, t, b), centre_b, scale_b), im_b = matrix[t][0] * norm;
			const lane square_b = re_b * re_b + im_b * im_b;
			largest_b = greater(square_b, largest_b);
			imaginary[b * p.n + t] = im_b;
			angles[b * p.n + t] = angle(re_b, im_b);
		}
		put(A->out + a * W, largest_a);
		if (b > a) put(A->out + b * W, largest_b);
	}
}

/* behind counts the times, a multiple of SHORTS, at which a lies behind b by less than half a turn. least is told how near
   to 0 or to half a turn any of them comes: 4 and less is too near for 16 bits. */
enum { SPAN = 2048, SHORTS = 32 };
FUNC i32 behind(const short *restrict a, const short *restrict b, i64 n, u32 *least) {
	unsigned short late[SHORTS] = {}, low[SHORTS];
	for (i32 l = 0; l < SHORTS; l++) low[l] = 65535;
	for (i64 t = 0; t < n; t += SHORTS)
		LANES(l, SHORTS) {
			const unsigned short d = a[t + l] - b[t + l], u = d + d + 2;
			late[l] += d >> 15;
			low[l] = u < low[l] ? u : low[l];
		}
	i32 sum = 0;
	unsigned short lowest = 65535;
	for (i32 l = 0; l < SHORTS; l++) {
		sum += late[l];
		lowest = low[l] < lowest ? low[l] : lowest;
	}
	*least = lowest;
	return sum;
}

/* What the pairs of nodes at count times from begin on are compared with. */
struct phases {
	const struct args *A;
	const double *centres, *scales;
	const lane *imaginary;
	i64 samples, begin, count;
	short (*rows)[SPAN];
};

/* near tells of some times of two nodes, at most SHORTS, in which places of 16 bits each, whether 16 bits leave them open. */
typedef unsigned short shorts __attribute__((vector_size(2 * SHORTS), aligned(2)));
typedef u64 words __attribute__((vector_size(2 * SHORTS)));
FUNC words near(const short *a, const short *b) {
	const shorts d = *(const shorts *)a - *(const shorts *)b, u = d + d + 2;
	return (words)(u <= 4);
}

/* mended is what is to be added to the sum over times of the signs of node i less node j: the signs at those times that
   16 bits leave open are found again, with 0 where |sin| <= 1e-9. */
__attribute__((noinline)) static i32 mended(const struct phases *p, i64 i, i64 j) {
	i32 sum = 0;
	const short *a = p->rows[i], *b = p->rows[j];
	for (i64 from = 0; from < p->count; from += SHORTS) {
		const words open = near(a + from, b + from);
		u64 any = 0;
		for (i64 w = 0; w < SHORTS / 4; w++) any |= open[w];
		if (!any) continue;
		for (i64 t = from; t < from + SHORTS && t < p->count; t++) {
			const unsigned short d = a[t] - b[t];
			if ((unsigned short)(d + d + 2) > 4) continue;
			const double xi = (single(p->A, p->begin + t, i) - p->centres[i]) * p->scales[i];
			const double xj = (single(p->A, p->begin + t, j) - p->centres[j]) * p->scales[j];
			const double yi = ((const double *)(p->imaginary + i / W * p->samples + p->begin + t))[i % W];
			const double yj = ((const double *)(p->imaginary + j / W * p->samples + p->begin + t))[j % W];
			const double s = yi * xj - xi * yj, limit = 1e-9 * WIDE_SQRT((xi * xi + yi * yi) * (xj * xj + yj * yj));
			sum += (s > limit) - (s < -limit) - (d >> 15 ? -1 : 1);
		}
	}
	return sum;
}

/* swap exchanges the numbers of a that the mask leaves out with those of b that it has, shift bits lower. */
FUNC void swap(u64 *a, u64 *b, i32 shift, u64 mask_) {
	const u64 t = (*a >> shift ^ *b) & mask_;
	*b ^= t;
	*a ^= t << shift;
}

/* turned_rows puts the angles of a tile at four times into the rows of its nodes: two matrices of four times four numbers
   of 16 bits are transposed. */
FUNC void turned_rows(short (*rows)[SPAN], const angle8 *x, i64 t) {
	for (i64 half = 0; half < 2; half++) {
		u64 v[4];
		for (i64 k = 0; k < 4; k++) v[k] = ((const u64_anywhere *)(x + k))[half];
		swap(&v[0], &v[1], 16, 0x0000ffff0000ffffull);
		swap(&v[2], &v[3], 16, 0x0000ffff0000ffffull);
		swap(&v[0], &v[2], 32, 0x00000000ffffffffull);
		swap(&v[1], &v[3], 32, 0x00000000ffffffffull);
		for (i64 k = 0; k < 4; k++) *(u64_anywhere *)(rows[4 * half + k] + t) = v[k];
	}
}

/* pli: out[pair] = sum over t of sign(sin(phi_i - phi_j)), 0 where |sin| <= 1e-9. */
KERNEL(pli) {
	const i64 from = A->number[1], to = A->number[2];
	struct phases p = { A, A->table, A->table + TILES * W, (const lane *)A->kept, A->number[0] };
	p.rows = (short (*)[SPAN])A->work;
	const angle8 *angles = (const angle8 *)(p.imaginary + TILES * p.samples);
	for (i64 k = 0; k < (i64)NODES * (NODES - 1) / 2; k++) A->out[k] = 0;
	for (p.begin = from; p.begin < to; p.begin += SPAN) {
		p.count = to - p.begin < SPAN ? to - p.begin : SPAN;
		for (i64 tile = 0; tile < TILES; tile++)
			for (i64 t = 0; t < p.count; t += 4) turned_rows(p.rows + tile * W, angles + tile * p.samples + p.begin + t, t);
		/* Beyond the last time, a node lies behind those with higher numbers, and not too near. */
		const i64 whole = (p.count + SHORTS - 1) / SHORTS * SHORTS;
		for (i64 i = 0; i < NODES; i++)
			for (i64 t = p.count; t < whole; t++) p.rows[i][t] = 4 * i;
		double *out = A->out;
		for (i64 i = 0; i < NODES; i++)
			for (i64 j = i + 1; j < NODES; j++, out++) {
				if (p.scales[i] == 0 || p.scales[j] == 0) continue;
				u32 least;
				const i32 late = behind(p.rows[i], p.rows[j], whole, &least) - (i32)(whole - p.count);
				*out += (i32)p.count - 2 * late;
				if (least <= 4) *out += mended(&p, i, j);
			}
	}
}
