/* The words of docs/kernel-contract.md on a CUDA GPU: a team is MEMBERS threads of a block, and a block holds up to
   TEAMS of them, so that teams of 68 fill whole warps. A member has TURNS nodes: MEMBER, MEMBER + MEMBERS, ...
   Its OWN values are its registers. Above UNROLLED turns they lie in its local memory.
   PRECISION, NODES, MEMBERS, TEAMS, THREADS, the most threads of a block, which bounds its registers, and
   STORED_MOST, a limit in bytes, are defined before this text. No header is included: NVRTC needs none. */

typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

enum { TURNS = (NODES + MEMBERS - 1) / MEMBERS, PAD = TURNS * MEMBERS, UNROLLED = TURNS <= 4 ? TURNS : 1 };

#define FUNC static __device__ __forceinline__
#define FUNC_OF_TYPE __device__ __forceinline__

#define WIDE_SQRT(x) __dsqrt_rn(x)
#define WIDE_FLOOR(x) floor(x)
#define WIDE_FMA(a, b, c) __fma_rn(a, b, c)
FUNC u64 WIDE_BITS(double x) { return (u64)__double_as_longlong(x); }
FUNC double WIDE_OF(u64 b) { return __longlong_as_double((i64)b); }

#if PRECISION == 32
typedef float real;
typedef i32 ireal;
typedef u32 ureal;
#define SQRT(x) __fsqrt_rn(x)
#define FLOOR(x) floorf(x)
#define FMA(a, b, c) __fmaf_rn(a, b, c)
FUNC ureal BITS(real x) { return __float_as_uint(x); }
FUNC real REAL_OF(ureal b) { return __uint_as_float(b); }
#else
typedef double real;
typedef i64 ireal;
typedef u64 ureal;
#define SQRT(x) WIDE_SQRT(x)
#define FLOOR(x) WIDE_FLOOR(x)
#define FMA(a, b, c) WIDE_FMA(a, b, c)
FUNC ureal BITS(real x) { return WIDE_BITS(x); }
FUNC real REAL_OF(ureal b) { return WIDE_OF(b); }
#endif

#define MEMBER ((i32)threadIdx.x)

/* Every thread waits for itself, not for its warp: a warp may hold members of two teams, of which one has ended or
   taken another branch. Threads that have ended are not waited for. */
FUNC void sync_block() { asm volatile("barrier.sync 0;" ::: "memory"); }
#define SYNC sync_block()

/* A turn is a constant in an unrolled loop: so OWN values stay in registers. */
#define TURN_OF(i) (TURNS == 1 ? 0 : (i32)((u32)((i) - MEMBER) / MEMBERS))
#define EACH(i) \
	_Pragma("unroll UNROLLED") for (i32 i##_turn = 0; i##_turn < TURNS; i##_turn++) \
		if (const i32 i = MEMBER + i##_turn * MEMBERS; true)
#define EACH_OF(i, n) \
	_Pragma("unroll UNROLLED") for (i32 i##_turn = 0; i##_turn < ((n) + MEMBERS - 1) / MEMBERS; i##_turn++) \
		if (const i32 i = MEMBER + i##_turn * MEMBERS; ((n) == NODES && PAD == NODES) || i < (n))
#define LANES(k, n) _Pragma("unroll") for (i32 k = 0; k < (n); k++)
#define ONCE if (MEMBER == 0)

/* A team's own row of the block's memory. */
template <class Type, int n> struct row { alignas(64) Type value[n]; };
#define SHARED(type, name, n) \
	__shared__ row<type, n> name##_of_team[TEAMS]; \
	type *const name = name##_of_team[threadIdx.y].value
template <class Type, int n> struct own {
	Type value[TURNS][n > 0 ? n : 1];
	FUNC_OF_TYPE Type &operator()(int j, int i) { return value[TURN_OF(i)][j]; }
};
#define OWN(type, name, n) own<type, n> name
#define AT(name, j, i) name(j, i)

/* STORED values lie in the block's memory while they are few, and are OWN beyond that. */
#define FIT(type, n) (sizeof(type) * (n) * PAD <= STORED_MOST)
template <class Type, int n, bool fit> struct stored : own<Type, n> {
	FUNC_OF_TYPE stored(Type *) {}
};
template <class Type, int n> struct stored<Type, n, true> {
	Type *const at;
	FUNC_OF_TYPE stored(Type *at) : at(at) {}
	FUNC_OF_TYPE Type &operator()(int j, int i) { return at[j * PAD + i]; }
};
#define STORED(type, name, n) \
	__shared__ row<type, (FIT(type, n) && (n) > 0 ? (n) * PAD : 1)> name##_of_team[TEAMS]; \
	stored<type, (n), FIT(type, n)> name(name##_of_team[threadIdx.y].value)

/* So do COMMON values, instead of taking a register of every thread. */
#define COMMON(type, name, of) \
	__shared__ type name##_of_team[TEAMS]; \
	ONCE name##_of_team[threadIdx.y] = of; \
	SYNC; \
	const type &name = name##_of_team[threadIdx.y]
#define RELOAD asm volatile("" ::: "memory")

/* A flag for each of three calls in turn: at a call all have read the flag of the call before the last, so it may be
   cleared for the next one. Others' flags of the same block are left alone. */
struct flags { i32 of_call[3]; };
template <class Condition> FUNC i32 any_node(flags &team, i32 &call, Condition condition) {
	i32 hit = 0;
	EACH_OF(i, NODES) hit |= condition(i);
	const i32 next = call == 2 ? 0 : call + 1;
	ONCE team.of_call[next] = 0;
	if (hit) team.of_call[call] = 1;
	SYNC;
	hit = *(volatile i32 *)&team.of_call[call];
	call = next;
	return hit;
}
#define ANY(i, condition) any_node(flags_of_block[threadIdx.y], any_call, [&](const i32 i) -> i32 { return (condition) != 0; })

/* The arguments are the kernel's one parameter, so that they are read from the constant bank. The device knows from
   the length of the parameter how many there are. A block that begins after the host set *stop returns at once: one
   thread looks, because all must find the same. */
#define KERNEL(name) \
	FUNC void body_##name(const struct args *A, const i64 TEAM, flags *flags_of_block, i32 any_call); \
	struct launch_##name { struct args args; i64 teams; const volatile i32 *stop; }; \
	extern "C" __global__ void __launch_bounds__(THREADS, 1) name(const launch_##name launch) { \
		__shared__ flags flags_of_block[TEAMS]; \
		__shared__ i32 stopped; \
		const i64 team = (i64)blockIdx.x * blockDim.y + threadIdx.y; \
		if (MEMBER == 0 && threadIdx.y == 0) stopped = *launch.stop; \
		ONCE flags_of_block[threadIdx.y].of_call[0] = 0; \
		SYNC; \
		if (stopped || team >= launch.teams) return; \
		body_##name(&launch.args, team, flags_of_block, 0); \
	} \
	FUNC void body_##name(const struct args *A, const i64 TEAM, flags *flags_of_block, i32 any_call)
