/* The words of docs/kernel-contract.md on a CUDA GPU. A team is MEMBERS threads. Small teams share a block: it holds up
   to TEAMS of them, so that teams of 68 fill whole warps. A large team has BLOCKS blocks, which run at the same time and
   meet in the GPU's memory; up to TEAMS such teams are under way at a time.
   A member has TURNS nodes: MEMBER, MEMBER + MEMBERS, ... Its OWN values are its registers. Above UNROLLED turns they
   lie in its local memory, which is the GPU's.
   PRECISION, NODES, MEMBERS, BLOCKS, TEAMS, THREADS and RESIDENT, the most threads of a block and the blocks that a
   multiprocessor is to hold, which bound the registers, and STORED_MOST, a limit in bytes, are defined before this text.
   No header is included: NVRTC needs none. */

typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

enum { TURNS = (NODES + MEMBERS - 1) / MEMBERS, PAD = TURNS * MEMBERS, UNROLLED = TURNS <= 4 ? TURNS : 1 };

#define restrict __restrict__
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

/* Every thread waits for itself, not for its warp: a warp may hold members of two teams, of which one has ended or
   taken another branch. Threads that have ended are not waited for. */
FUNC void sync_block() { asm volatile("barrier.sync 0;" ::: "memory"); }

#if BLOCKS == 1

enum { HELD = TEAMS, HELD_NODES = PAD }; /* by a block: teams, and nodes of each */
#define MEMBER ((i32)threadIdx.x)
#define TEAM_MEMORY __shared__
#define TEAM_PLACE threadIdx.y
#define SYNC sync_block()

#else

enum { HELD = 1, LOCAL = MEMBERS / BLOCKS, HELD_NODES = TURNS * LOCAL };
#define MEMBER ((i32)(blockIdx.x * LOCAL + threadIdx.x))
#define TEAM_MEMORY static
#define TEAM_PLACE blockIdx.y

/* The blocks of a team meet: the last to come starts the next meeting, for which the others wait. What was written
   before is seen by all threads of all blocks afterwards: a block's barriers and the fences pass it on. */
struct meeting { u32 present, number; };
static __device__ meeting meetings[TEAMS];
FUNC void sync_team() {
	sync_block();
	if (threadIdx.x == 0) {
		meeting &ours = meetings[blockIdx.y];
		const u32 number = *(volatile u32 *)&ours.number;
		__threadfence();
		if (atomicAdd(&ours.present, 1u) == BLOCKS - 1) {
			ours.present = 0;
			__threadfence();
			atomicAdd(&ours.number, 1u);
		} else {
			while (*(volatile u32 *)&ours.number == number) __nanosleep(20);
		}
		__threadfence();
	}
	sync_block();
}
#define SYNC sync_team()

#endif

/* A turn is a constant in an unrolled loop: so OWN values stay in registers. */
#define TURN_OF(i) (TURNS == 1 ? 0 : (i32)((u32)((i) - MEMBER) / MEMBERS))
#define EACH(i) \
	_Pragma("unroll UNROLLED") for (i32 i##_turn = 0; i##_turn < TURNS; i##_turn++) \
		if (const i32 i = MEMBER + i##_turn * MEMBERS; true)
#define EACH_OF(i, n) \
	_Pragma("unroll UNROLLED") for (i32 i##_turn = 0; i##_turn < ((n) + MEMBERS - 1) / MEMBERS; i##_turn++) \
		if (const i32 i = MEMBER + i##_turn * MEMBERS; ((n) == NODES && PAD == NODES) || i < (n))
#define LANES(k, n) _Pragma("unroll") for (i32 k = 0; k < (n); k++)
#define SELDOM(condition) (condition)
#define ONCE if (MEMBER == 0)

/* A team's own row of memory: the block's, or the GPU's where a team has several blocks. */
template <class Type, int n> struct row { alignas(64) Type value[n]; };
#define SHARED(type, name, n) \
	TEAM_MEMORY row<type, n> name##_of_team[TEAMS]; \
	type *const name = name##_of_team[TEAM_PLACE].value
template <class Type, int n> struct own {
	Type value[TURNS][n > 0 ? n : 1];
	FUNC_OF_TYPE Type &operator()(int j, int i) { return value[TURN_OF(i)][j]; }
};
#define OWN(type, name, n) own<type, n> name
#define AT(name, j, i) name(j, i)

/* STORED values lie in the block's memory while they are few, and are OWN beyond that. */
#define FIT(type, n) (sizeof(type) * (n) * HELD_NODES <= STORED_MOST)
template <class Type, int n, bool fit> struct stored : own<Type, n> {
	FUNC_OF_TYPE stored(Type *) {}
};
template <class Type, int n> struct stored<Type, n, true> {
	Type *const at;
	FUNC_OF_TYPE stored(Type *at) : at(at) {}
	FUNC_OF_TYPE Type &operator()(int j, int i) {
#if BLOCKS == 1
		return at[j * PAD + i];
#else
		return at[j * HELD_NODES + TURN_OF(i) * LOCAL + threadIdx.x];
#endif
	}
};
#define STORED(type, name, n) \
	__shared__ row<type, (FIT(type, n) && (n) > 0 ? (n) * HELD_NODES : 1)> name##_of_team[HELD]; \
	stored<type, (n), FIT(type, n)> name(name##_of_team[threadIdx.y].value)

#define ALONG(type, name, n) STORED(type, name, n)
#define ALONG_AT(name, j, i) AT(name, j, i)
#define TURNED(name, along, n) auto &name = along
#define TURN(name, along, n) ((void)0)
#define TURN_BACK(along, name, n) ((void)0)
#define BY_BLOCK 0

/* So do COMMON values, instead of taking a register of every thread; aligned, so that one instruction loads four
   numbers of single precision. In double, where registers are scarce, it would load more than they hold. */
template <class Type> struct common { alignas(PRECISION == 32 ? 16 : 8) Type value; };
#define COMMON(type, name, of) \
	__shared__ common<type> name##_of_team[HELD]; \
	if (threadIdx.x == 0) name##_of_team[threadIdx.y].value = of; \
	SYNC; \
	const type &name = name##_of_team[threadIdx.y].value
#define ABREAST 1
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
#define ANY(i, condition) any_node(all_flags[TEAM_PLACE], any_call, [&](const i32 i) -> i32 { return (condition) != 0; })

/* The arguments are the kernel's one parameter, so that they are read from the constant bank. The device knows from
   the length of the parameter how many there are. A team that begins after the host set *stop is left out: one thread
   looks, because all must find the same. */
#define ENTRY(name) extern "C" __global__ void __launch_bounds__(THREADS, RESIDENT) name(const launch_##name launch)
#define DECLARE(name) \
	FUNC void body_##name(const struct args *A, const i64 TEAM, flags *all_flags, i32 any_call); \
	struct launch_##name { struct args args; i64 teams; const volatile i32 *stop; };

#if BLOCKS == 1

#define KERNEL(name) \
	DECLARE(name) \
	ENTRY(name) { \
		__shared__ flags flags_of_team[TEAMS]; \
		__shared__ i32 stopped; \
		const i64 team = (i64)blockIdx.x * blockDim.y + threadIdx.y; \
		if (MEMBER == 0 && threadIdx.y == 0) stopped = *launch.stop; \
		ONCE flags_of_team[threadIdx.y].of_call[0] = 0; \
		SYNC; \
		if (stopped || team >= launch.teams) return; \
		body_##name(&launch.args, team, flags_of_team, 0); \
	} \
	FUNC void body_##name(const struct args *A, const i64 TEAM, flags *all_flags, i32 any_call)

#else

static __device__ flags flags_of_team[TEAMS];
static __device__ i32 stopped_team[TEAMS];

#define KERNEL(name) \
	DECLARE(name) \
	ENTRY(name) { \
		for (i64 team = blockIdx.y; team < launch.teams; team += gridDim.y) { \
			ONCE { \
				stopped_team[blockIdx.y] = *launch.stop; \
				flags_of_team[blockIdx.y].of_call[0] = 0; \
			} \
			SYNC; \
			if (*(volatile i32 *)&stopped_team[blockIdx.y]) return; \
			body_##name(&launch.args, team, flags_of_team, 0); \
			SYNC; \
		} \
	} \
	FUNC void body_##name(const struct args *A, const i64 TEAM, flags *all_flags, i32 any_call)

#endif
