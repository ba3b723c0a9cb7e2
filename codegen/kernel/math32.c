#if PRECISION == 32
/* Numbers of the numerics in single precision, derived by coefficients.py; the methods are in math_functions.c. */

#define M_BIAS 127                        /* of the exponent */
#define M_DIGITS 23                       /* of the mantissa */
#define M_INFINITY_BITS 0x7f800000u
#define M_NAN_BITS 0x7fc00000u
#define M_SIGN_BIT 0x80000000u
#define M_MANTISSA 0x007fffffu
#define M_ROOT_HALF_BITS 0x3f3504f3u      /* sqrt(1/2) */
#define M_LEAST_NORMAL 1.17549435e-38f
#define M_ROUND 12582912.0f               /* 1.5 * 2^23: adding it rounds to an integer, which stands in the low bits */
#define M_EXP_MOST 88.72283f              /* exp overflows above */
#define M_EXP_LEAST -87.33654f            /* exp is not normal below */
#define M_ERFC_MOST 10.0f                 /* erfc is 0 above */
#define M_SINH_MOST 89.415985f            /* sinh and cosh overflow above */
#define M_TANH_MOST 9.02f                 /* tanh is 1 above */
#define M_INTEGERS_FROM 8388608.0f        /* 2^23: all numbers above are integers */

#define M_LOG2_E 1.442695f
#define M_LN2_HIGH 0.69314575f
#define M_LN2_LOW 1.4286068e-06f
#define M_1_PI 0.31830987f
#define M_2_PI 0.63661975f
#define M_PI_1 3.1415927f
#define M_PI_2 -8.742278e-08f
#define M_PI_3 -3.430249e-15f
#define M_HALF_PI_1 1.5707964f
#define M_HALF_PI_2 -4.371139e-08f
#define M_HALF_PI_3 -1.7151245e-15f
#define M_ROOT_PI 1.7724539f
#define M_TURN_OF_WORD 1.4629181e-09f     /* 2 pi / 2^32 */

/* Q in exp r = 1 + r + r^2 Q(r), |r| <= ln(2)/2, z = r^2. */
FUNC real m_exp_tail(real r, real z) {
	const real even = (0.001383681f * z + 0.041668106f) * z + 0.49999994f;
	const real odd = 0.008369144f * z + 0.16666517f;
	return odd * r + even;
}

/* log(1 + f) + e ln 2, for 1 + f in [sqrt(1/2), sqrt(2)]: f - f^2/2 + f^3 P(f). */
FUNC real m_log_of_parts(real f, real e) {
	const real z = f * f;
	const real even = ((0.12759705f * z + 0.14200926f) * z + 0.20001261f) * z + 0.3333333f;
	const real odd = ((-0.07628515f * z - 0.13158959f) * z - 0.1662333f) * z - 0.25000823f;
	const real tail = (odd * f + even) * f;
	return e * M_LN2_HIGH + (f + (z * (tail - 0.5f) + e * M_LN2_LOW));
}

/* R in log((1 + s)/(1 - s)) = 2s + s z R(z), |s| <= 3 - sqrt(8), z = s^2. */
FUNC real m_log_tail(real z) {
	return (0.2987144f * z + 0.39977568f) * z + 0.66666776f;
}

/* exp(x^2) erfc(x) for x in [0, M_ERFC_MOST]. */
FUNC real m_erfcx(real x) {
	const real a = (((6.5803015e-06f * x + 0.039881382f) * x + 0.27025265f) * x + 0.76448494f) * x + 1.1892071f;
	const real b = (((0.04523223f * x + 0.30189312f) * x + 0.93104225f) * x + 1.5304217f) * x + 1.1892071f;
	return b / (M_ROOT_PI * x * b + a);
}

/* erf(x)/x - 1 for z = x^2 <= 1. */
FUNC real m_erf_series(real z) {
	const real w = z * z;
	const real even = ((8.628827e-05f * w + 0.005195813f) * w + 0.112836316f) * w + 0.12837917f;
	const real odd = ((-2.1936241e-06f * w - 0.00081180985f) * w - 0.026856497f) * w - 0.3761263f;
	return odd * z + even;
}

/* (sin x - x)/x^3 for z = x^2, x <= pi/2. */
FUNC real m_sin_tail(real z) {
	return ((2.5994661e-06f * z - 0.00019806842f) * z + 0.00833303f) * z - 0.16666658f;
}

/* The same, x <= pi/4. */
FUNC real m_sin_short_tail(real z) {
	return (-0.00019505137f * z + 0.008332093f) * z - 0.16666654f;
}

/* (cos x - 1 + x^2/2)/x^4 for z = x^2, x <= pi/4. */
FUNC real m_cos_short_tail(real z) {
	return (2.4412078e-05f * z - 0.001388713f) * z + 0.04166664f;
}

/* (atan x - x)/x^3 for z = x^2, x <= tan(pi/8). */
FUNC real m_atan_tail(real z) {
	return ((0.08056166f * z - 0.13878655f) * z + 0.19977824f) * z - 0.33332953f;
}

/* (asin x - x)/x^3 for z = x^2 <= 1/4. */
FUNC real m_asin_tail(real z) {
	return (((0.042220093f * z + 0.024148012f) * z + 0.04547667f) * z + 0.07495249f) * z + 0.16666754f;
}
#endif
