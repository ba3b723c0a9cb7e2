/* Noise from a counter: Philox4x32-10 of Salmon, Moraes, Dror & Shaw (2011, Parallel random numbers: as easy as 1, 2, 3). */

struct m_words { u32 a, b, c, d; };

FUNC struct m_words m_philox_round(struct m_words x, u32 key0, u32 key1) {
	const u32 high_a = (u32)(((u64)0xD2511F53u * x.a) >> 32), high_c = (u32)(((u64)0xCD9E8D57u * x.c) >> 32);
	const struct m_words y = { high_c ^ x.b ^ key0, 0xCD9E8D57u * x.c, high_a ^ x.d ^ key1, 0xD2511F53u * x.a };
	return y;
}

FUNC struct m_words m_philox4x32_10(u32 key0, u32 key1, u32 c0, u32 c1, u32 c2, u32 c3) {
	const u32 step0 = 0x9E3779B9u, step1 = 0xBB67AE85u;
	const struct m_words counter = { c0, c1, c2, c3 };
	struct m_words x = m_philox_round(counter, key0, key1);
	x = m_philox_round(x, key0 + step0, key1 + step1);
	x = m_philox_round(x, key0 + 2 * step0, key1 + 2 * step1);
	x = m_philox_round(x, key0 + 3 * step0, key1 + 3 * step1);
	x = m_philox_round(x, key0 + 4 * step0, key1 + 4 * step1);
	x = m_philox_round(x, key0 + 5 * step0, key1 + 5 * step1);
	x = m_philox_round(x, key0 + 6 * step0, key1 + 6 * step1);
	x = m_philox_round(x, key0 + 7 * step0, key1 + 7 * step1);
	x = m_philox_round(x, key0 + 8 * step0, key1 + 8 * step1);
	return m_philox_round(x, key0 + 9 * step0, key1 + 9 * step1);
}

/* AT(word, 0 ... 3, i): the words of each node's counter (c0, c1, i, c3), where the device has no way of its own. */
#ifndef PHILOX
#define PHILOX(word, key0, key1, c0, c1, c3) EACH(i) { \
	const struct m_words of_node = m_philox4x32_10(key0, key1, c0, c1, (u32)i, c3); \
	AT(word, 0, i) = of_node.a; AT(word, 1, i) = of_node.b; AT(word, 2, i) = of_node.c; AT(word, 3, i) = of_node.d; \
}
#endif

/* sqrt(-2 ln u), u = (w + 1/2)/2^32. Near u = 1 the logarithm is that of 1 - (~w + 1/2)/2^32, without cancellation. */
FUNC real m_radius(u32 w) {
	const i32 upper = (i32)w >> 31; /* all ones where u > 1/2 */
	const real part = (real)(i32)(w ^ (u32)upper) * (real)2.3283064365386963e-10 + (real)1.1641532182693481e-10;
	const struct m_parts p = m_parts_of(upper ? 1 - part : part);
	return SQRT(-2 * m_log_of_parts(p.e == 0 ? -part : p.f, p.e));
}

/* cos and sin of 2 pi (w + 1/2)/2^32. The quarter is found in integers, so that nothing is lost. */
FUNC void m_turn(u32 w, real *cosine, real *sine) {
	const u32 quarter = w + 0x20000000u;
	const real x = (real)((i32)(w << 2) >> 2) * M_TURN_OF_WORD + (real)0.5 * M_TURN_OF_WORD, z = x * x;
	const real s = x * z * m_sin_short_tail(z) + x;
	const real c = (z * z * m_cos_short_tail(z) - (real)0.5 * z) + 1;
	const ireal across = (quarter & 0x40000000u) != 0;
	const ureal down = (ureal)(quarter & 0x80000000u) << (PRECISION - 32);
	const ureal left = (ureal)((quarter + 0x40000000u) & 0x80000000u) << (PRECISION - 32);
	*cosine = REAL_OF(BITS(across ? s : c) ^ left);
	*sine = REAL_OF(BITS(across ? c : s) ^ down);
}

/* Four draws from the standard normal distribution for four random words (Box & Muller 1958). Single and double
   precision give the same draws, each to its own rounding. */
FUNC void m_normals(struct m_words word, real *z) {
	real c, s;
	real radius = m_radius(word.a);
	m_turn(word.b, &c, &s);
	z[0] = radius * c;
	z[1] = radius * s;
	radius = m_radius(word.c);
	m_turn(word.d, &c, &s);
	z[2] = radius * c;
	z[3] = radius * s;
}

/* The same for a key and a counter. */
FUNC void m_normal4(u32 key0, u32 key1, u32 c0, u32 c1, u32 c2, u32 c3, real *z) {
	m_normals(m_philox4x32_10(key0, key1, c0, c1, c2, c3), z);
}
