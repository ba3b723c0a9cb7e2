#if PRECISION == 64
/* Numbers of the numerics in double precision, derived by coefficients.py; the methods are in math_functions.c. */

#define M_BIAS 1023                       /* of the exponent */
#define M_DIGITS 52                       /* of the mantissa */
#define M_INFINITY_BITS 0x7ff0000000000000ull
#define M_NAN_BITS 0x7ff8000000000000ull
#define M_SIGN_BIT 0x8000000000000000ull
#define M_MANTISSA 0x000fffffffffffffull
#define M_ROOT_HALF_BITS 0x3fe6a09e667f3bcdull /* sqrt(1/2) */
#define M_LEAST_NORMAL 2.2250738585072014e-308
#define M_ROUND 6755399441055744.0        /* 1.5 * 2^52: adding it rounds to an integer, which stands in the low bits */
#define M_EXP_MOST 709.782712893384       /* exp overflows above */
#define M_EXP_LEAST -708.3964185322641    /* exp is not normal below */
#define M_ERFC_MOST 28.0                  /* erfc is 0 above */
#define M_SINH_MOST 710.4758600739439     /* sinh and cosh overflow above */
#define M_TANH_MOST 19.07                 /* tanh is 1 above */
#define M_INTEGERS_FROM 4503599627370496.0 /* 2^52: all numbers above are integers */

#define M_LOG2_E 1.4426950408889634
#define M_LN2_HIGH 0.6931471805598903
#define M_LN2_LOW 5.497923018708371e-14
#define M_1_PI 0.3183098861837907
#define M_2_PI 0.6366197723675814
#define M_PI_1 3.141592653589793
#define M_PI_2 1.2246467991473532e-16
#define M_PI_3 -2.9947698097183397e-33
#define M_HALF_PI_1 1.5707963267948966
#define M_HALF_PI_2 6.123233995736766e-17
#define M_HALF_PI_3 -1.4973849048591698e-33
#define M_ROOT_PI 1.772453850905516
#define M_TURN_OF_WORD 1.4629180792671596e-09 /* 2 pi / 2^32 */

/* Q in exp r = 1 + r + r^2 Q(r), |r| <= ln(2)/2, z = r^2. */
FUNC real m_exp_tail(real r, real z) {
	const real even = (((2.7630928468118095e-07 * z + 2.480149135198799e-05) * z + 0.001388888894515688) * z + 0.04166666666652513) * z + 0.5000000000000011;
	const real odd = (((2.4993892431618404e-08 * z + 2.7557607815356385e-06) * z + 0.00019841269480615437) * z + 0.008333333333507447) * z + 0.1666666666666639;
	return odd * r + even;
}

/* R in log((1 + s)/(1 - s)) = 2s + s z R(z), |s| <= 3 - sqrt(8), z = s^2. */
FUNC real m_log_tail(real z) {
	const real w = z * z;
	const real even = ((0.1479839255850981 * w + 0.18183572688699837) * w + 0.2857142874370794) * w + 0.6666666666666735;
	const real odd = (0.15313821104391567 * w + 0.22222198424614795) * w + 0.3999999999940934;
	return odd * z + even;
}

/* log(1 + f) + e ln 2, for 1 + f in [sqrt(1/2), sqrt(2)]: with s = f/(2 + f), log(1 + f) = f - (f^2/2 - s (f^2/2 + z R(z))). */
FUNC real m_log_of_parts(real f, real e) {
	const real s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
	const real tail = s * (half + z * m_log_tail(z)) + e * M_LN2_LOW;
	return e * M_LN2_HIGH + (f - (half - tail));
}

/* exp(x^2) erfc(x) for x in [0, M_ERFC_MOST]. */
FUNC real m_erfcx(real x) {
	const real a = ((((((((-1.0551898581695173e-14 * x + 0.0001217311671526679) * x + 0.00227231647531336) * x + 0.02071071520590819) * x + 0.11893152103228588) * x + 0.46862644250204977) * x + 1.2991735235563455) * x + 2.4935139555714314) * x + 3.0790845036356544) * x + 1.9571441241754004;
	const real b = ((((((((0.00013735891146068058 * x + 0.0025640346612410873) * x + 0.02350689537340497) * x + 0.13676395849543777) * x + 0.551950567619387) * x + 1.59633022970779) * x + 3.3079225523569815) * x + 4.753791563672299) * x + 4.339631486584583) * x + 1.9571441241754002;
	return b / (M_ROOT_PI * x * b + a);
}

/* erf(x)/x - 1 for z = x^2 <= 1. */
FUNC real m_erf_series(real z) {
	const real w = z * z;
	const real even = ((((1.3607001348595863e-08 * w + 1.644394644137077e-06) * w + 0.00012055279991249267) * w + 0.005223977596599028) * w + 0.1128379167093695) * w + 0.12837916709551256;
	const real odd = ((((-7.586950268972603e-10 * w - 1.6182090384342636e-07) * w - 1.4924452583762713e-05) * w - 0.0008548325473554866) * w - 0.02686617064195264) * w - 0.37612638903183343;
	return odd * z + even;
}

/* (sin x - x)/x^3 for z = x^2, x <= pi/2. */
FUNC real m_sin_tail(real z) {
	return ((((((2.721414041989549e-15 * z - 7.643018965044878e-13) * z + 1.6058940990752087e-10) * z - 2.5052106904264835e-08) * z + 2.7557319211568436e-06) * z - 0.00019841269841212476) * z + 0.008333333333333207) * z - 0.16666666666666666;
}

/* The same, x <= pi/4. */
FUNC real m_sin_short_tail(real z) {
	return ((((1.5895434649306964e-10 * z - 2.5050734408147794e-08) * z + 2.7557313538598836e-06) * z - 0.00019841269829358642) * z + 0.00833333333332184) * z - 0.1666666666666663;
}

/* (cos x - 1 + x^2/2)/x^4 for z = x^2, x <= pi/4. */
FUNC real m_cos_short_tail(real z) {
	return ((((-1.135861735244914e-11 * z + 2.0875703143780958e-09) * z - 2.7557314203093384e-07) * z + 2.4801587288965237e-05) * z - 0.0013888888888873307) * z + 0.041666666666666595;
}

/* (atan x - x)/x^3 for z = x^2, x <= tan(pi/8). */
FUNC real m_atan_tail(real z) {
	const real w = z * z;
	const real even = ((((-0.017907799269155363 * w - 0.05039355419062644) * w - 0.06663106534978497) * w - 0.09090897774717022) * w - 0.14285714280212009) * w - 0.333333333333332;
	const real odd = (((0.03806546878034643 * w + 0.05847903958289644) * w + 0.07692060475165463) * w + 0.11111110784136273) * w + 0.19999999999953766;
	return odd * z + even;
}

/* (asin x - x)/x^3 for z = x^2 <= 1/4. */
FUNC real m_asin_tail(real z) {
	const real w = z * z;
	const real even = ((((-0.016327417799564793 * w + 0.006503340930086906) * w + 0.013884342947876447) * w + 0.02237175186816176) * w + 0.04464285682187103) * w + 0.16666666666665375;
	const real odd = ((((0.031982184842675634 * w + 0.019594812308378423) * w + 0.012174986715609881) * w + 0.01735979652004357) * w + 0.030381959399025577) * w + 0.07500000000344949;
	return odd * z + even;
}
#endif
