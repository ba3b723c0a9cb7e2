/* The words of docs/kernel-contract.md on a CPU: a team is one call, its only member does everything,
   and EACH is a loop that the compiler turns into vector instructions.
   PRECISION and NODES are defined before this text. No header is included: a kernel needs none. */

typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

#if PRECISION == 32
typedef float real;
typedef i32 ireal;
typedef u32 ureal;
#define SQRT(x) __builtin_sqrtf(x)
#define FLOOR(x) __builtin_floorf(x)
#define FMA(a, b, c) __builtin_fmaf(a, b, c)
#else
typedef double real;
typedef i64 ireal;
typedef u64 ureal;
#define SQRT(x) __builtin_sqrt(x)
#define FLOOR(x) __builtin_floor(x)
#define FMA(a, b, c) __builtin_fma(a, b, c)
#endif

/* PAD: full vectors of the widest kind; for few nodes, one vector of the narrowest kind that holds them. */
#if defined __AVX512F__
#define WIDEST (64 / (PRECISION / 8))
#elif defined __AVX__
#define WIDEST (32 / (PRECISION / 8))
#else
#define WIDEST (16 / (PRECISION / 8))
#endif
#define NARROWEST (16 / (PRECISION / 8))
#if NODES > WIDEST / 2 || WIDEST == NARROWEST
#define LANE WIDEST
#elif NODES > WIDEST / 4 || WIDEST == 2 * NARROWEST
#define LANE (WIDEST / 2)
#else
#define LANE (WIDEST / 4)
#endif
enum { PAD = (NODES + LANE - 1) / LANE * LANE };

#define FUNC static inline __attribute__((always_inline, unused))

/* The same for double, whatever real is. */
#define WIDE_SQRT(x) __builtin_sqrt(x)
#define WIDE_FLOOR(x) __builtin_floor(x)
#define WIDE_FMA(a, b, c) __builtin_fma(a, b, c)

FUNC u64 WIDE_BITS(double x) {
	union { double value; u64 bits; } u;
	u.value = x;
	return u.bits;
}

FUNC double WIDE_OF(u64 b) {
	union { double value; u64 bits; } u;
	u.bits = b;
	return u.value;
}

FUNC ureal BITS(real x) {
	union { real value; ureal bits; } u;
	u.value = x;
	return u.bits;
}

FUNC real REAL_OF(ureal b) {
	union { real value; ureal bits; } u;
	u.bits = b;
	return u.value;
}

/* Both pragmas promise that no turn of the loop depends on another. "omp simd" would do for gcc too, but makes arrays
   that are declared inside the loop stay in memory. */
#if defined __clang__
#define EACH(i) _Pragma("clang loop vectorize(assume_safety)") for (i32 i = 0; i < PAD; i++)
#else
#define EACH(i) _Pragma("GCC ivdep") for (i32 i = 0; i < PAD; i++)
#endif
#define EACH_OF(i, n) for (i32 i = 0; i < (n); i++)
#define LANES(k, n) _Pragma("omp simd") for (i32 k = 0; k < (n); k++)
#define SELDOM(condition) __builtin_expect((condition) != 0, 0)
#define ONCE if (1)
#define SYNC ((void)0)
#define ANY(i, condition) ({ \
	i32 any_ = 0; \
	for (i32 i = 0; i < NODES; i++) any_ |= (condition) != 0; \
	any_; })

/* Each thread has its own: a team runs on one thread from its beginning to its end. Where it lies is found once, at the
   head of the kernel: the compiler would ask the thread library again in every loop, and give up its vector registers
   for that. */
#define SHARED(type, name, n) \
	static _Thread_local type name##_memory[n] __attribute__((aligned(64))); \
	type *restrict name = found(name##_memory)
#define OWN(type, name, n) \
	static _Thread_local type name##_memory[n][PAD] __attribute__((aligned(64))); \
	type (*restrict name)[PAD] = found(name##_memory)
#define AT(name, j, i) name[j][i]
#define STORED(type, name, n) OWN(type, name, n)
#define ALONG(type, name, n) \
	static _Thread_local type name##_memory[PAD][n] __attribute__((aligned(64))); \
	type (*restrict name)[n] = found(name##_memory)
#define ALONG_AT(name, j, i) name[i][j]
#define TURNED(name, along, n) OWN(real, name, n)
#define TURN(name, along, n) turn(name[0], PAD, along[0], (n), PAD, (n))
#define TURN_BACK(along, name, n) turn(along[0], (n), name[0], PAD, (n), PAD)
#define BY_BLOCK 1
#define COMMON(type, name, of) const type name = of
#define ABREAST 8
#define RELOAD ((void)0)

FUNC void *found(void *at) {
	__asm__("" : "+r"(at));
	return __builtin_assume_aligned(at, 64);
}

/* to[j][i] = from[i][j] for i < rows and j < columns, multiples of LANE. A tile is LANE vectors of LANE numbers; it is turned
   in a round for each bit of a place in a vector, which exchanges what differs in this bit of vector and place. */
typedef real vector __attribute__((vector_size(LANE * PRECISION / 8), aligned(PRECISION / 8), may_alias));
#define LOW(l, bit) ((l) & (bit) ? LANE + (l) - (bit) : (l))
#define HIGH(l, bit) ((l) & (bit) ? LANE + (l) : (l) + (bit))
#define TWO(of, l, bit) of(l, bit), of((l) + 1, bit)
#define FOUR(of, l, bit) TWO(of, l, bit), TWO(of, (l) + 2, bit)
#define EIGHT(of, l, bit) FOUR(of, l, bit), FOUR(of, (l) + 4, bit)
#if defined __clang__
#define CHOOSE(a, b, places...) __builtin_shufflevector(a, b, places)
#else
typedef ireal places __attribute__((vector_size(LANE * PRECISION / 8)));
#define CHOOSE(a, b, of...) __builtin_shuffle(a, b, (places){ of })
#endif
#define ROUND(bit) \
	_Pragma("GCC unroll 16") for (i32 l = 0; l < LANE; l++) if (!(l & (bit))) { \
		const vector low = CHOOSE(row[l], row[l + (bit)], PLACES(LOW, bit)), high = CHOOSE(row[l], row[l + (bit)], PLACES(HIGH, bit)); \
		row[l] = low; \
		row[l + (bit)] = high; \
	}
#if LANE == 2
#define PLACES(of, bit) TWO(of, 0, bit)
#define ROUNDS ROUND(1)
#elif LANE == 4
#define PLACES(of, bit) FOUR(of, 0, bit)
#define ROUNDS ROUND(1) ROUND(2)
#elif LANE == 8
#define PLACES(of, bit) EIGHT(of, 0, bit)
#define ROUNDS ROUND(1) ROUND(2) ROUND(4)
#else
#define PLACES(of, bit) EIGHT(of, 0, bit), EIGHT(of, 8, bit)
#define ROUNDS ROUND(1) ROUND(2) ROUND(4) ROUND(8)
#endif

FUNC void turn(real *restrict to, i64 to_row, const real *restrict from, i64 from_row, i32 rows, i32 columns) {
	for (i32 i = 0; i < rows; i += LANE) for (i32 j = 0; j < columns; j += LANE) {
		vector row[LANE];
		_Pragma("GCC unroll 16") for (i32 l = 0; l < LANE; l++) row[l] = *(const vector *)(from + (i + l) * from_row + j);
		ROUNDS
		_Pragma("GCC unroll 16") for (i32 l = 0; l < LANE; l++) *(vector *)(to + (j + l) * to_row + i) = row[l];
	}
}

/* Philox4x32-10 for 8 nodes side by side, each word in the lower half of 64 bits. Of plain C, gcc 12 makes products of 64
   by 64 bits, which take three times as long as those of 32 by 32. */
#if defined __AVX512F__ && !defined __clang__ && LANE >= 8
typedef u64 words __attribute__((vector_size(64)));
typedef u32 half_words __attribute__((vector_size(32)));
typedef i32 factors __attribute__((vector_size(64)));
typedef i64 products __attribute__((vector_size(64)));
#define PHILOX(word, key0, key1, c0, c1, c3) philox(word, key0, key1, c0, c1, c3)

FUNC words times(words a, u32 b) {
	return (words)__builtin_ia32_pmuludq512_mask((factors)a, (factors)(b + (words){ 0 }), (products){ 0 }, 255);
}

FUNC void philox(u32 (*restrict word)[PAD], u32 key0, u32 key1, u32 c0, u32 c1, u32 c3) {
	for (i32 i = 0; i < PAD; i += 8) {
		words a = c0 + (words){ 0 }, b = c1 + (words){ 0 }, c = i + (words){ 0, 1, 2, 3, 4, 5, 6, 7 }, d = c3 + (words){ 0 };
		_Pragma("GCC unroll 10") for (u32 round = 0; round < 10; round++) {
			const words of_a = times(a, 0xD2511F53u), of_c = times(c, 0xCD9E8D57u);
			a = (of_c >> 32) ^ b ^ (key0 + round * 0x9E3779B9u);
			c = (of_a >> 32) ^ d ^ (key1 + round * 0xBB67AE85u);
			b = of_c;
			d = of_a;
		}
		*(half_words *)&word[0][i] = __builtin_convertvector(a, half_words);
		*(half_words *)&word[1][i] = __builtin_convertvector(b, half_words);
		*(half_words *)&word[2][i] = __builtin_convertvector(c, half_words);
		*(half_words *)&word[3][i] = __builtin_convertvector(d, half_words);
	}
}
#endif

/* Denormals are flushed inside a kernel; the thread gets its own state back. */
#if defined __x86_64__
typedef u32 float_state;
FUNC float_state enter_kernel(void) {
	const float_state before = __builtin_ia32_stmxcsr();
	__builtin_ia32_ldmxcsr(0x9fc0); /* round to nearest, all exceptions masked, FTZ, DAZ */
	return before;
}
FUNC void leave_kernel(float_state before) { __builtin_ia32_ldmxcsr(before); }
#elif defined __aarch64__
typedef u64 float_state;
FUNC float_state enter_kernel(void) {
	float_state before;
	__asm__ volatile("mrs %0, fpcr" : "=r"(before));
	__asm__ volatile("msr fpcr, %0" : : "r"(1ull << 24)); /* round to nearest, no traps, FZ */
	return before;
}
FUNC void leave_kernel(float_state before) { __asm__ volatile("msr fpcr, %0" : : "r"(before)); }
#else
typedef i32 float_state;
FUNC float_state enter_kernel(void) { return 0; }
FUNC void leave_kernel(float_state before) { (void)before; }
#endif

/* run_<name> takes teams from the counter *next until none is left or *stop is set. Any number of threads call it at
   a time. words_<name> is the length of struct args. The body is a function of its own, so that none of its arithmetic
   moves out of reach of the floating-point state. */
#define KERNEL(name) \
	static void body_##name(const struct args *restrict A, const i64 TEAM); \
	__attribute__((visibility("default"))) const i64 words_##name = sizeof(struct args) / 8; \
	__attribute__((visibility("default"))) void run_##name(const struct args *A, i64 teams, i64 *next, const i32 *stop) { \
		const float_state before = enter_kernel(); \
		while (!__atomic_load_n(stop, __ATOMIC_RELAXED)) { \
			const i64 team = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED); \
			if (team >= teams) break; \
			body_##name(A, team); \
		} \
		leave_kernel(before); \
	} \
	__attribute__((noinline)) static void body_##name(const struct args *restrict A, const i64 TEAM)
