/* The functions of the numerics, in the kernel language, for both precisions. None jumps, none calls: a loop over
   nodes that uses them is vector instructions throughout.

   Denormal arguments count as 0; of results below 16 times the least normal number only the size is right. The sign of 0
   means nothing. A NaN stays a NaN.
   The largest error is stated in ulp, units in the last place of the exact result, and held by the tests of package cpu, in
   single precision over all arguments.

   Methods: arguments are reduced as in Cody & Waite (1980, Software Manual for the Elementary Functions). */

FUNC real m_abs(real x) { return REAL_OF(BITS(x) & ~M_SIGN_BIT); }
FUNC real m_sqrt(real x) { return SQRT(x); }
FUNC real m_floor(real x) { return FLOOR(x); }
FUNC real m_ceil(real x) { return -FLOOR(-x); }
FUNC real m_sign(real x) { return x > 0 ? (real)1 : x < 0 ? (real)-1 : x; }

/* A NaN on either side is the result. */
FUNC real m_min(real x, real y) { return (x < y) | (x != x) ? x : y; }
FUNC real m_max(real x, real y) { return (x > y) | (x != x) ? x : y; }

/* x - y floor(x/y), of the sign of y, rounded correctly as long as the quotient has all its digits. Where x/y is rounded up
   to a whole number the quotient is one too large. */
FUNC real m_mod(real x, real y) {
	const real r = FMA(-y, FLOOR(x / y), x);
	return ((r < 0) & (y > 0)) | ((r > 0) & (y < 0)) ? r + y : r;
}

/* |x| with the sign of s. */
FUNC real m_signed(real x, real s) { return REAL_OF((BITS(x) & ~M_SIGN_BIT) | (BITS(s) & M_SIGN_BIT)); }

FUNC real m_infinity(void) { return REAL_OF(M_INFINITY_BITS); }

/* exp x = 2^n exp r, n = rint(x / ln 2), |r| <= ln(2)/2.
   1.1 ulp. */
FUNC real m_exp(real x) {
	const real t = x * M_LOG2_E + M_ROUND, n = t - M_ROUND;
	const real r = (x - n * M_LN2_HIGH) - n * M_LN2_LOW, z = r * r;
	const real p = (z * m_exp_tail(r, z) + r) + 1;
	const real y = x < M_EXP_LEAST ? (real)0 : REAL_OF(BITS(p) + (BITS(t) << M_DIGITS));
	return x <= M_EXP_MOST ? y : x + m_infinity();
}

/* exp(-z^2), with what z*z lost in rounding.
   1.25 ulp. */
FUNC real m_exp_neg_square(real z) {
	const real square = z * z, lost = FMA(z, z, -square);
	const real t = (M_ROUND + M_BIAS) - square * M_LOG2_E, n = t - (M_ROUND + M_BIAS);
	const real r = ((-square - n * M_LN2_HIGH) - n * M_LN2_LOW) - lost;
	const real scale = REAL_OF(BITS(t) << M_DIGITS);
	const real y = scale * ((r * r * m_exp_tail(r, r * r) + r) + 1);
	return square > -M_EXP_LEAST ? (real)0 : y;
}

/* A quarter of exp x and of exp x - 1, for x from -50 to where exp x is some 4 times the largest number. */
struct m_quarter { real exp, expm1; };

FUNC struct m_quarter m_quarter_exp(real x) {
	const real t = x * M_LOG2_E + (M_ROUND + (M_BIAS - 2)), n = t - (M_ROUND + (M_BIAS - 2));
	const real r = (x - n * M_LN2_HIGH) - n * M_LN2_LOW, z = r * r;
	const real q = z * m_exp_tail(r, z) + r, scale = REAL_OF(BITS(t) << M_DIGITS);
	struct m_quarter y;
	y.exp = scale * q + scale;
	y.expm1 = scale * q + (scale - (real)0.25);
	return y;
}

/* exp(x) - 1: 2 ulp. */
FUNC real m_expm1(real x) {
	const real y = 4 * m_quarter_exp(x < -50 ? (real)-50 : x).expm1;
	return x <= M_EXP_MOST ? y : x + m_infinity();
}

/* sinh x = (E + E/(E + 1))/2, E = exp|x| - 1: 3 ulp. */
FUNC real m_sinh(real x) {
	const real a = m_abs(x), e = m_quarter_exp(a).expm1;
	const real y = 2 * e + 2 * (e / (4 * e + 1));
	return m_signed(a <= M_SINH_MOST ? y : a + m_infinity(), x);
}

/* 2 ulp. */
FUNC real m_cosh(real x) {
	const real a = m_abs(x), e = m_quarter_exp(a).exp;
	const real y = 2 * e + (real)0.125 / e;
	return a <= M_SINH_MOST ? y : a + m_infinity();
}

/* tanh x = E/(E + 2), E = exp(2|x|) - 1: 2.7 ulp. */
FUNC real m_tanh(real x) {
	const real a = m_abs(x), e = m_quarter_exp(a > M_TANH_MOST ? 2 * M_TANH_MOST : a + a).expm1;
	return m_signed(e / (e + (real)0.5), x);
}

/* x = 2^e (1 + f), 1 + f in [sqrt(1/2), sqrt(2)), for x positive, normal and finite. */
struct m_parts { real e, f; };

FUNC struct m_parts m_parts_of(real x) {
	const ureal u = BITS(x) + (((ureal)M_BIAS << M_DIGITS) - M_ROOT_HALF_BITS);
	struct m_parts p;
	p.e = REAL_OF((u >> M_DIGITS) | BITS(M_INTEGERS_FROM)) - (M_INTEGERS_FROM + M_BIAS);
	p.f = REAL_OF((u & M_MANTISSA) + M_ROOT_HALF_BITS) - 1;
	return p;
}

/* 1 ulp. */
FUNC real m_log(real x) {
	const struct m_parts p = m_parts_of(x);
	const real y = x < m_infinity() ? m_log_of_parts(p.f, p.e) : x;
	const real edge = x < 0 ? REAL_OF(M_NAN_BITS) : -m_infinity();
	return x < M_LEAST_NORMAL ? edge : y;
}

/* erfc z from ez2 = exp(-z^2), which derivatives of erfc need anyway. For z >= 0, exp(z^2) erfc z is B/(sqrt(pi) z B + A)
   with polynomials A and B, after Cody (1969) and Shepherd & Laframboise (1981); erfc(-z) = 2 - erfc z: 4 ulp. */
FUNC real m_erfc_ex(real z, real ez2) {
	const real a = m_abs(z);
	const real y = m_erfcx(a > M_ERFC_MOST ? M_ERFC_MOST : a) * ez2;
	return z < 0 ? 2 - y : y;
}

FUNC real m_erfc(real z) { return m_erfc_ex(z, m_exp_neg_square(z)); }

/* 1.2 ulp. */
FUNC real m_erf(real x) {
	const real a = m_abs(x);
	const real outer = 1 - m_erfcx(a > M_ERFC_MOST ? M_ERFC_MOST : a) * m_exp_neg_square(x);
	return a < 1 ? x * m_erf_series(x * x) + x : m_signed(outer, x);
}

/* sin x = (-1)^n sin(x - n pi). For |x| <= 1e5 in single and 1e9 in double: 2.1 ulp; beyond, digits are lost. */
FUNC real m_sin(real x) {
	const real t = x * M_1_PI + M_ROUND, n = t - M_ROUND;
	const real r = FMA(n, -M_PI_3, FMA(n, -M_PI_2, FMA(n, -M_PI_1, x))), z = r * r;
	const real y = r * z * m_sin_tail(z) + r;
	return REAL_OF(BITS(y) ^ (BITS(t) << (PRECISION - 1)));
}

/* cos x = (-1)^n sin((n + 1/2) pi - x), in the same range: 2.1 ulp. */
FUNC real m_cos(real x) {
	const real t = (x * M_1_PI - (real)0.5) + M_ROUND, n = (t - M_ROUND) + (real)0.5;
	const real r = FMA(n, M_PI_3, FMA(n, M_PI_2, FMA(n, M_PI_1, -x))), z = r * r;
	const real y = r * z * m_sin_tail(z) + r;
	return REAL_OF(BITS(y) ^ (BITS(t) << (PRECISION - 1)));
}

/* Both at once, in the same range: 2 ulp. */
FUNC void m_sincos(real x, real *sine, real *cosine) {
	const real t = x * M_2_PI + M_ROUND, n = t - M_ROUND;
	const real r = FMA(n, -M_HALF_PI_3, FMA(n, -M_HALF_PI_2, FMA(n, -M_HALF_PI_1, x))), z = r * r;
	const real s = r * z * m_sin_short_tail(z) + r;
	const real c = (z * z * m_cos_short_tail(z) - (real)0.5 * z) + 1;
	const ureal quarter = BITS(t);
	*sine = REAL_OF(BITS(quarter & 1 ? c : s) ^ ((quarter << (PRECISION - 2)) & M_SIGN_BIT));
	*cosine = REAL_OF(BITS(quarter & 1 ? s : c) ^ (((quarter + 1) << (PRECISION - 2)) & M_SIGN_BIT));
}

/* In the same range: 4 ulp. */
FUNC real m_tan(real x) {
	real s, c;
	m_sincos(x, &s, &c);
	return s / c;
}

/* atan(above/below) for 0 <= above <= below: from tan(pi/8) on, pi/4 + atan((above - below)/(above + below)). */
FUNC real m_atan_of(real above, real below) {
	const ireal far = above > below * (real)0.41421356237309503;
	const real q = (far ? above - below : above) / (far ? above + below : below), z = q * q;
	const real y = q * z * m_atan_tail(z) + q;
	return far ? (real)0.5 * M_HALF_PI_1 + ((real)0.5 * M_HALF_PI_2 + y) : y;
}

/* 3 ulp. */
FUNC real m_atan(real x) {
	const real a = m_abs(x);
	const ireal steep = a > 1;
	const real y = m_atan_of(steep ? (real)1 : a, steep ? a : (real)1);
	return m_signed(steep ? M_HALF_PI_1 + (M_HALF_PI_2 - y) : y, x);
}

/* The angle of (x, y), 0 for (0, 0); NaN when both are infinite: 4 ulp. */
FUNC real m_atan2(real y, real x) {
	const real ax = m_abs(x), ay = m_abs(y);
	const ireal steep = ay > ax;
	const real below = steep ? ay : ax;
	const real first = m_atan_of(steep ? ax : ay, below == 0 ? (real)1 : below);
	const real half = steep ? M_HALF_PI_1 + (M_HALF_PI_2 - first) : first;
	return m_signed(x < 0 ? M_PI_1 + (M_PI_2 - half) : half, y);
}

/* What asin and acos share: for |x| <= 1/2 asin|x|, else asin(sqrt((1 - |x|)/2)), which is half of acos|x|. */
FUNC real m_asin_part(real a) {
	const real z = a > (real)0.5 ? (real)0.5 - (real)0.5 * a : a * a;
	const real s = a > (real)0.5 ? SQRT(z) : a;
	return s * z * m_asin_tail(z) + s;
}

/* NaN outside [-1, 1]: 3 ulp. */
FUNC real m_asin(real x) {
	const real a = m_abs(x), p = m_asin_part(a);
	return m_signed(a > (real)0.5 ? M_HALF_PI_1 + (M_HALF_PI_2 - 2 * p) : p, x);
}

FUNC real m_acos(real x) {
	const real a = m_abs(x), p = m_asin_part(a);
	const real near = M_HALF_PI_1 + (M_HALF_PI_2 - m_signed(p, x));
	const real far = x < 0 ? M_PI_1 + (M_PI_2 - 2 * p) : 2 * p;
	return a > (real)0.5 ? far : near;
}

/* x to the power y, with the special cases of C99, except that (-infinity)^y is NaN where y is no integer.
   log|x| is carried to some 10 bits more than `real` has, as high + low.
   2 ulp where |y log x| <= 50; elsewhere 4 ulp in single, 8 in double. The last factor comes last: scale times a part of it would be
   flushed where scale is small. */
FUNC real m_pow(real x, real y) {
	const real a = m_abs(x);
	const struct m_parts p = m_parts_of(a);
	const real d = 2 + p.f, over = 1 / d, s = p.f * over, z = s * s;
	const real s_low = (FMA(-s, d, p.f) - s * (p.f - (d - 2))) * over;
	const real whole = p.e * M_LN2_HIGH, most = whole + 2 * s;
	const real rest = ((whole - most) + 2 * s) + (p.e * M_LN2_LOW + (2 * (s_low * z + s_low) + s * z * m_log_tail(z)));
	const real sum = most + rest, low = (most - sum) + rest;
	const real finite = a < m_infinity() ? sum : a;
	const real high = a < M_LEAST_NORMAL ? -m_infinity() : finite;

	const real power = y * high, power_low = FMA(y, high, -power) + y * low;
	const real t = power * M_LOG2_E + (M_ROUND + (M_BIAS - 1)), n = t - (M_ROUND + (M_BIAS - 1));
	const real r = ((power - n * M_LN2_HIGH) - n * M_LN2_LOW) + power_low;
	const real scale = REAL_OF(BITS(t) << M_DIGITS);
	const real value = 2 * (scale * ((r * r * m_exp_tail(r, r * r) + r) + 1));
	const real not_small = power < M_EXP_LEAST ? (real)0 : value;
	const real not_large = power > M_EXP_MOST ? m_infinity() : not_small;
	const real size = (a == 1) | (y == 0) ? (real)1 : not_large;

	const real of_whole = FLOOR((real)0.5 * y) * 2 == y ? size : -size;
	const real of_negative = FLOOR(y) == y ? of_whole : REAL_OF(M_NAN_BITS);
	return x < 0 ? of_negative : size;
}
