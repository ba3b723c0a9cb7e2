// A stand-in for the GPU's threads under the thread sanitizer: each is a thread of the host, those of a block meet at a
// barrier of its own, and a block's shared memory is the place of its number (threadIdx.y) in what is one for all.
// What follows is prelude/cuda.h with several blocks for a team, and the kernel check.

#include <pthread.h>
#include <stdio.h>

struct dim3 { unsigned x, y, z; };
static thread_local dim3 threadIdx, blockIdx;
static thread_local unsigned barriers;
static dim3 gridDim;
static pthread_barrier_t places[64][64][2]; // of a block; it meets at both in turn

static void emulated_barrier() { pthread_barrier_wait(&places[blockIdx.y][blockIdx.x][barriers++ % 2]); }

#define __device__
#define __global__
#define __shared__ static
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(threads, blocks)
// The sanitizer knows no fences: the counters themselves carry the order.
static inline void __threadfence() {}
static inline void __nanosleep(unsigned) { sched_yield(); }
static inline unsigned atomicAdd(unsigned *at, unsigned n) { return __atomic_fetch_add(at, n, __ATOMIC_SEQ_CST); }
static inline float __fsqrt_rn(float x) { return __builtin_sqrtf(x); }
static inline double __dsqrt_rn(double x) { return __builtin_sqrt(x); }
static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double __fma_rn(double a, double b, double c) { return __builtin_fma(a, b, c); }
static inline float floorf(float x) { return __builtin_floorf(x); }
static inline double floor(double x) { return __builtin_floor(x); }
template <class To, class From> static inline To same_bits(From x) { To y; __builtin_memcpy(&y, &x, sizeof y); return y; }
static inline unsigned __float_as_uint(float x) { return same_bits<unsigned>(x); }
static inline float __uint_as_float(unsigned x) { return same_bits<float>(x); }
static inline long long __double_as_longlong(double x) { return same_bits<long long>(x); }
static inline double __longlong_as_double(long long x) { return same_bits<double>(x); }

// The kernel counts in out[team] the rounds in which every node saw what its neighbours wrote.
static const int all_teams = 5, all_rows = 2, all_rounds = 20;
static long long out[all_teams];
static const volatile int stop = 0;
static void run();

struct place { unsigned thread, block, row; };
static void *one(void *at) {
	const place &p = *(const place *)at;
	threadIdx = {p.thread, p.row * gridDim.x + p.block, 0}, blockIdx = {p.block, p.row, 0};
	run();
	return nullptr;
}

static int launch(unsigned blocks, unsigned threads) {
	const unsigned count = blocks * threads * all_rows;
	pthread_t *all = new pthread_t[count];
	place *at = new place[count];
	gridDim = {blocks, all_rows, 1};
	for (unsigned row = 0; row < all_rows; row++) {
		for (unsigned block = 0; block < blocks; block++) {
			for (pthread_barrier_t &b : places[row][block]) pthread_barrier_init(&b, nullptr, threads);
		}
	}
	for (unsigned n = 0; n < count; n++) {
		at[n] = {n % threads, n / threads % blocks, n / threads / blocks};
		if (pthread_create(&all[n], nullptr, one, &at[n])) return 3;
	}
	for (unsigned n = 0; n < count; n++) pthread_join(all[n], nullptr);
	int wrong = 0;
	for (long long w : out) wrong |= w != all_rounds;
	if (wrong) fprintf(stderr, "rounds that went well, of %d: %lld %lld %lld %lld %lld\n", all_rounds, out[0], out[1], out[2], out[3], out[4]);
	return wrong;
}
