/* The discrete Fourier transform of as many complex series at once as a vector has lanes. Real and imaginary parts are two
   segments of a real series, every other sample of one, or two series. A length n = rows x columns is transformed by its
   columns and then by its rows, each of which fits the nearest cache (Bailey 1990, J Supercomput 4:23); the coefficient of
   frequency f = k1 + rows k2 is left at k1 columns + k2. A column or row goes by Stockham's way (Cochran et al. 1967, Proc
   IEEE 55:1664): its first pass reads it where it lies and its last one puts it where it belongs, so that there are no
   copies between.

   A plan is numbers { n, rows, columns, factors of rows ... 0, factors of columns ... 0 } and tables: the turns
   exp(-2 pi i k/n) of the n places by columns and, unless there are as many rows, by rows, then those of the passes. */

enum { LONGEST = 1024 }; /* of a row or column */

typedef lane cell[2]; /* real and imaginary part */

/* The numbers of a line; the gap keeps two lines from the same places of the cache. */
struct line { cell z[LONGEST]; lane gap[6]; };

FUNC void turned(lane *re, lane *im, lane r, lane i, double c, double s) {
	*re = r * c - i * s;
	*im = r * s + i * c;
}

/* A pass of radix r: y[q + s (r p + k)] = w^(p k) sum_j x[q + s (p + j m)] exp(-2 pi i j k/r), w = exp(-2 pi i/(r m)).
   Each of the functions below does it for one p and q; the r numbers lie d cells apart in x, and s cells in y. What goes
   to k is turned by turn[k apart], with turn 0 by nothing, what goes to 0 only where every one is. */
#define FROM const cell *x, i64 d
#define TO cell *y, i64 s, const double *turn, i64 apart, int every
#define OUT(k, r_, i_) left(y + (k) * s, r_, i_, (k) == 0 && !every ? 0 : turn, 2 * (k) * apart)

FUNC void left(cell *y, lane r, lane i, const double *turn, i64 at) {
	if (turn) turned(&(*y)[0], &(*y)[1], r, i, turn[at], turn[at + 1]);
	else {
		(*y)[0] = r;
		(*y)[1] = i;
	}
}

FUNC void two(TO, FROM) {
	const lane ar = x[0][0], ai = x[0][1], br = x[d][0], bi = x[d][1];
	OUT(0, ar + br, ai + bi);
	OUT(1, ar - br, ai - bi);
}

FUNC void three(TO, FROM) {
	const double h = 0.86602540378443864676; /* sin(2 pi/3) */
	const lane ar = x[0][0], ai = x[0][1], br = x[d][0], bi = x[d][1], cr = x[2 * d][0], ci = x[2 * d][1];
	const lane sr = br + cr, si = bi + ci, dr = (br - cr) * h, di = (bi - ci) * h;
	const lane er = ar - sr * 0.5, ei = ai - si * 0.5;
	OUT(0, ar + sr, ai + si);
	OUT(1, er + di, ei - dr);
	OUT(2, er - di, ei + dr);
}

FUNC void four(TO, FROM) {
	const lane ar = x[0][0], ai = x[0][1], br = x[d][0], bi = x[d][1], cr = x[2 * d][0], ci = x[2 * d][1], dr = x[3 * d][0], di = x[3 * d][1];
	const lane pr = ar + cr, pi = ai + ci, qr = ar - cr, qi = ai - ci;
	const lane ur = br + dr, ui = bi + di, vr = br - dr, vi = bi - di;
	OUT(0, pr + ur, pi + ui);
	OUT(1, qr + vi, qi - vr);
	OUT(2, pr - ur, pi - ui);
	OUT(3, qr - vi, qi + vr);
}

FUNC void five(TO, FROM) {
	/* cosines and sines of 2 pi/5 and 4 pi/5 */
	const double c1 = 0.30901699437494742410, c2 = -0.80901699437494742410, s1 = 0.95105651629515357212, s2 = 0.58778525229247312917;
	const lane ar = x[0][0], ai = x[0][1];
	const lane br = x[d][0] + x[4 * d][0], bi = x[d][1] + x[4 * d][1], er = x[d][0] - x[4 * d][0], ei = x[d][1] - x[4 * d][1];
	const lane cr = x[2 * d][0] + x[3 * d][0], ci = x[2 * d][1] + x[3 * d][1], fr = x[2 * d][0] - x[3 * d][0], fi = x[2 * d][1] - x[3 * d][1];
	const lane pr = ar + br * c1 + cr * c2, pi = ai + bi * c1 + ci * c2;
	const lane qr = ar + br * c2 + cr * c1, qi = ai + bi * c2 + ci * c1;
	const lane ur = er * s1 + fr * s2, ui = ei * s1 + fi * s2;
	const lane vr = er * s2 - fr * s1, vi = ei * s2 - fi * s1;
	OUT(0, ar + br + cr, ai + bi + ci);
	OUT(1, pr + ui, pi - ur);
	OUT(2, qr + vi, qi - vr);
	OUT(3, qr - vi, qi + vr);
	OUT(4, pr - ui, pi + ur);
}

FUNC void seven(TO, FROM) {
	/* cosines and sines of 2 pi/7, 4 pi/7 and 6 pi/7 */
	const double c[3] = { 0.62348980185873353053, -0.22252093395631440429, -0.90096886790241912624 };
	const double n[3] = { 0.78183148246802980871, 0.97492791218182360702, 0.43388373911755812048 };
	const lane ar = x[0][0], ai = x[0][1];
	lane pr[3], pi[3], qr[3], qi[3];
	for (i64 j = 0; j < 3; j++) {
		const i64 up = (j + 1) * d, down = (6 - j) * d;
		pr[j] = x[up][0] + x[down][0]; pi[j] = x[up][1] + x[down][1];
		qr[j] = x[up][0] - x[down][0]; qi[j] = x[up][1] - x[down][1];
	}
	OUT(0, ar + pr[0] + pr[1] + pr[2], ai + pi[0] + pi[1] + pi[2]);
	for (i64 k = 1; k <= 3; k++) {
		lane er = ar, ei = ai, fr = all(0), fi = all(0);
		for (i64 j = 1; j <= 3; j++) {
			const i64 jk = j * k % 7, low = jk <= 3 ? jk : 7 - jk;
			const double g = jk <= 3 ? n[low - 1] : -n[low - 1];
			er += pr[j - 1] * c[low - 1]; ei += pi[j - 1] * c[low - 1];
			fr += qr[j - 1] * g; fi += qi[j - 1] * g;
		}
		OUT(k, er + fi, ei - fr);
		OUT(7 - k, er - fi, ei + fr);
	}
}

/* ten is two times five without turns between (Good 1958, J R Stat Soc B 20:361): number n = 5 n1 + 2 n2 (mod 10) of x
   counts for k = 5 k1 + 6 k2 (mod 10) of y. */
FUNC void ten(TO, FROM) {
	cell z[2][5];
	for (i64 n2 = 0; n2 < 5; n2++) {
		const i64 a = 2 * n2 * d, b = (2 * n2 + 5) % 10 * d;
		for (i64 c = 0; c < 2; c++) {
			z[0][n2][c] = x[a][c] + x[b][c];
			z[1][n2][c] = x[a][c] - x[b][c];
		}
	}
	cell even[5], odd[5];
	five(even, 1, 0, 0, 0, z[0], 1);
	five(odd, 1, 0, 0, 0, z[1], 1);
	for (i64 k2 = 0; k2 < 5; k2++) {
		OUT(6 * k2 % 10, even[k2][0], even[k2][1]);
		OUT((5 + 6 * k2) % 10, odd[k2][0], odd[k2][1]);
	}
}

FUNC void eight(TO, FROM) {
	const double h = 0.70710678118654752440;
	cell z[2][4], even[4], odd[4];
	for (i64 j = 0; j < 4; j++)
		for (i64 c = 0; c < 2; c++) {
			z[0][j][c] = x[j * d][c] + x[(j + 4) * d][c];
			z[1][j][c] = x[j * d][c] - x[(j + 4) * d][c];
		}
	/* The differences are turned by exp(-2 pi i j/8). */
	const lane r1 = z[1][1][0], i1 = z[1][1][1], r2 = z[1][2][0], i2 = z[1][2][1], r3 = z[1][3][0], i3 = z[1][3][1];
	z[1][1][0] = (r1 + i1) * h; z[1][1][1] = (i1 - r1) * h;
	z[1][2][0] = i2; z[1][2][1] = -r2;
	z[1][3][0] = (i3 - r3) * h; z[1][3][1] = (r3 + i3) * -h;
	four(even, 1, 0, 0, 0, z[0], 1);
	four(odd, 1, 0, 0, 0, z[1], 1);
	for (i64 k = 0; k < 4; k++) {
		OUT(2 * k, even[k][0], even[k][1]);
		OUT(2 * k + 1, odd[k][0], odd[k][1]);
	}
}

/* A pass from x, whose numbers are from cells apart, to y, where they are to cells apart. The last one, m = 1, has no turns
   of its own; ends, if there are any, turn what becomes of the whole transform. p runs within q: turns that stay the same in
   the inner loop are taken to registers, of which a butterfly leaves none. */
#define PASS(r, butterfly) \
	case r: \
		if (m > 1) \
			for (i64 q = 0; q < s; q++) \
				for (i64 p = 0; p < m; p++) \
					butterfly(y + (q + s * r * p) * to, s * to, turns + 2 * (r - 1) * p - 2, 1, 0, x + (q + s * p) * from, s * m * from); \
		else if (ends) \
			for (i64 q = 0; q < s; q++) butterfly(y + q * to, s * to, ends + 2 * q, s, 1, x + q * from, s * from); \
		else \
			for (i64 q = 0; q < s; q++) butterfly(y + q * to, s * to, 0, 0, 0, x + q * from, s * from); \
		break;

static void pass(cell *restrict y, i64 to, const cell *restrict x, i64 from, i64 r, i64 m, i64 s, const double *turns, const double *ends) {
	switch (r) {
	PASS(2, two)
	PASS(3, three)
	PASS(4, four)
	PASS(5, five)
	PASS(7, seven)
	PASS(8, eight)
	PASS(10, ten)
	}
}

/* line_fft transforms the row or column of length n at x, from cells apart, to y, to cells apart, which may be the same; ends
   turn what it becomes, 0 does not. scratch is two lines, neither of them x or y. */
FUNC void line_fft(cell *y, i64 to, const cell *x, i64 from, i64 n, const i64 *factor, const double *turns, const double *ends, struct line *scratch) {
	cell *other = scratch[0].z;
	if (*factor == 0 || (factor[1] == 0 && x == y)) { /* one pass would read and write the same place */
		for (i64 k = 0; k < n; k++) left(other + k, x[k * from][0], x[k * from][1], 0, 0);
		x = other;
		from = 1;
		other = scratch[1].z;
		if (*factor == 0) left(y, x[0][0], x[0][1], ends, 0);
	}
	for (i64 s = 1, m = n; *factor; factor++) {
		m /= *factor;
		const i64 last = m == 1;
		cell *target = last ? y : other;
		pass(target, last ? to : 1, x, from, *factor, m, s, turns, ends);
		turns += 2 * (*factor - 1) * m;
		s *= *factor;
		x = target;
		from = 1;
		other = other == scratch[0].z ? scratch[1].z : scratch[0].z;
	}
}
