/* The discrete Fourier transform of 16 real series at once: those of one tile are real parts, those of another imaginary
   ones. A length n = rows x columns is transformed by its columns and then by its rows, each of which fits the nearest
   cache (Bailey 1990, J Supercomput 4:23); the coefficient of frequency f = k1 + rows k2 is left at k1 columns + k2.
   A column or row goes by Stockham's way (Cochran et al. 1967, Proc IEEE 55:1664).

   A plan is numbers { n, rows, columns, factors of rows ... 0, factors of columns ... 0 } and tables: the turns
   exp(-2 pi i k/n) of the n places, then those of the passes. */

enum { LONGEST = 1024 }; /* of a row or column */

/* The numbers of a line, real and imaginary parts in turn; the gap keeps two lines from the same places of the cache. */
struct line { lane z[LONGEST][2], gap[6]; };

FUNC void turned(lane *re, lane *im, lane r, lane i, double c, double s) {
	*re = r * c - i * s;
	*im = r * s + i * c;
}

/* A pass of radix r: y[q + s (r p + k)] = w^(p k) sum_j x[q + s (p + j m)] exp(-2 pi i j k/r), w = exp(-2 pi i/(r m)).
   Each of the functions below does it for one p and q; d = s m, and turn has w^(p k) of k = 1 ... r-1. */
#define FROM const lane (*x)[2], i64 d
#define TO lane (*y)[2], i64 s, const double *turn
#define OUT(k, r_, i_) turned(&y[(k) * s][0], &y[(k) * s][1], r_, i_, turn[2 * (k) - 2], turn[2 * (k) - 1])

FUNC void two(TO, FROM) {
	const lane ar = x[0][0], ai = x[0][1], br = x[d][0], bi = x[d][1];
	y[0][0] = ar + br; y[0][1] = ai + bi;
	OUT(1, ar - br, ai - bi);
}

FUNC void three(TO, FROM) {
	const double h = 0.86602540378443864676; /* sin(2 pi/3) */
	const lane ar = x[0][0], ai = x[0][1], br = x[d][0], bi = x[d][1], cr = x[2 * d][0], ci = x[2 * d][1];
	const lane sr = br + cr, si = bi + ci, dr = (br - cr) * h, di = (bi - ci) * h;
	const lane er = ar - sr * 0.5, ei = ai - si * 0.5;
	y[0][0] = ar + sr; y[0][1] = ai + si;
	OUT(1, er + di, ei - dr);
	OUT(2, er - di, ei + dr);
}

FUNC void four(TO, FROM) {
	const lane ar = x[0][0], ai = x[0][1], br = x[d][0], bi = x[d][1], cr = x[2 * d][0], ci = x[2 * d][1], dr = x[3 * d][0], di = x[3 * d][1];
	const lane pr = ar + cr, pi = ai + ci, qr = ar - cr, qi = ai - ci;
	const lane ur = br + dr, ui = bi + di, vr = br - dr, vi = bi - di;
	y[0][0] = pr + ur; y[0][1] = pi + ui;
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
	y[0][0] = ar + br + cr; y[0][1] = ai + bi + ci;
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
	y[0][0] = ar + pr[0] + pr[1] + pr[2]; y[0][1] = ai + pi[0] + pi[1] + pi[2];
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

#define PASS(r, butterfly) \
	case r: \
		for (i64 p = 0; p < m; p++) \
			for (i64 q = 0; q < s; q++) \
				butterfly(y->z + q + s * r * p, s, turns + 2 * (r - 1) * p, x->z + q + s * p, s * m); \
		break;

static void pass(struct line *restrict y, const struct line *restrict x, i64 r, i64 m, i64 s, const double *turns) {
	switch (r) {
	PASS(2, two)
	PASS(3, three)
	PASS(4, four)
	PASS(5, five)
	PASS(7, seven)
	}
}

/* line_fft transforms a row or column of length n; the result is in the line that is returned. */
FUNC struct line *line_fft(struct line *x, struct line *y, i64 n, const i64 *factor, const double *turns) {
	for (i64 s = 1, left = n; *factor; factor++) {
		left /= *factor;
		pass(y, x, *factor, left, s, turns);
		turns += 2 * (*factor - 1) * left;
		s *= *factor;
		struct line *other = x;
		x = y;
		y = other;
	}
	return x;
}
