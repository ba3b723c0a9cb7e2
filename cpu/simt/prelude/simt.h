/* The words of docs/kernel-contract.md for tests: a team is MEMBERS threads, as on a GPU, and what a kernel does wrong
   with them is noticed: data that members share without SYNC by the thread sanitizer, the rest here.
   PRECISION, NODES and MEMBERS are defined before this text. */

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
#define WIDE_SQRT(x) __builtin_sqrt(x)
#define WIDE_FLOOR(x) __builtin_floor(x)
#define WIDE_FMA(a, b, c) __builtin_fma(a, b, c)

/* There is always some padding, so that what is not guarded against it shows. */
enum { PAD = (NODES + MEMBERS - 1) / MEMBERS * MEMBERS + MEMBERS };

#define FUNC static inline __attribute__((unused))

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

/* See runtime.c. */
extern _Thread_local int simt_member;
void simt_sync(int line);
int simt_any(int vote, int line);
int simt_mine(int node, int mine, int line);

#define EACH(i) for (i32 i = simt_member; i < PAD; i += MEMBERS)
#define EACH_OF(i, n) for (i32 i = simt_member; i < (n); i += MEMBERS)
#define LANES(k, n) for (i32 k = 0; k < (n); k++)
#define SELDOM(condition) __builtin_expect((condition) != 0, 0)
#define ONCE if (simt_member == 0)
#define SYNC simt_sync(__LINE__)
#define ANY(i, condition) ({ \
	i32 any_ = 0; \
	for (i32 i = simt_member; i < NODES; i += MEMBERS) any_ |= (condition) != 0; \
	simt_any(any_, __LINE__); })

#define SHARED(type, name, n) static type name[n] __attribute__((aligned(64)))
#define OWN(type, name, n) static _Thread_local type name[n][PAD]
#define AT(name, j, i) name[j][simt_mine((i), (i) % MEMBERS == simt_member, __LINE__)]
#define STORED(type, name, n) OWN(type, name, n)
#define ALONG(type, name, n) OWN(type, name, n)
#define ALONG_AT(name, j, i) AT(name, j, i)
#define TURNED(name, along, n) real (*const name)[PAD] = along
#define TURN(name, along, n) ((void)0)
#define TURN_BACK(along, name, n) ((void)0)
#define BY_BLOCK 0
#define COMMON(type, name, of) const type name = of
#define ABREAST 1
#define RELOAD ((void)0)

#define KERNEL(name) \
	const i64 words_##name = sizeof(struct args) / 8; \
	void run_##name(const struct args *A, i64 TEAM)
