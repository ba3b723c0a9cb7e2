// A stand-in for libcuda and NVRTC, for tests on machines without a GPU: kernels are compiled by the host's C++ compiler
// and run block after block, a thread of a block being a fibre that runs until the next barrier. It follows what CUDA
// documents, and says nothing about speed or about what the hardware does with a race.

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>
#include <xmmintrin.h>

#include <atomic>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

// ---- NVRTC: the text, a little changed, goes to the host's compiler; the "cubin" is a shared object ----

struct Program {
	std::string text, log, object;
};

static const char *const words = R"(
#define __device__
#define __global__
#define __shared__ static __attribute__((section("emulated_shared")))
#define __forceinline__ inline __attribute__((always_inline))
struct dim3 { unsigned x, y, z; };
extern "C" {
dim3 threadIdx, blockIdx, blockDim, gridDim;
void (*emulated_barrier)(void), (*emulated_pause)(void);
extern char __start_emulated_shared[] __attribute__((weak, visibility("hidden"))), __stop_emulated_shared[] __attribute__((weak, visibility("hidden")));
char *shared_begin() { return __start_emulated_shared; }
char *shared_end() { return __stop_emulated_shared; }
}
static inline void __nanosleep(unsigned) { emulated_pause(); }
static inline void __threadfence() {}
static inline unsigned atomicAdd(unsigned *at, unsigned n) { unsigned old = *at; *at += n; return old; }
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
)";

static void replace(std::string &text, const std::string &from, const std::string &to) {
	size_t at = text.find(from);
	if (at != std::string::npos) text.replace(at, from.size(), to);
}

static std::string content(const std::string &path) {
	std::ifstream file(path, std::ios::binary);
	std::stringstream all;
	all << file.rdbuf();
	return all.str();
}

API int nvrtcVersion(int *major, int *minor) { *major = 0, *minor = 1; return 0; }
API int nvrtcGetNumSupportedArchs(int *count) { *count = 1; return 0; }
API int nvrtcGetSupportedArchs(int *architectures) { *architectures = 90; return 0; }
API const char *nvrtcGetErrorString(int) { return "emulated"; }
API int nvrtcCreateProgram(Program **p, const char *text, const char *, int, const char **, const char **) {
	*p = new Program{text, "", ""};
	return 0;
}
API int nvrtcDestroyProgram(Program **p) { delete *p; return 0; }

API int nvrtcCompileProgram(Program *p, int, const char **) {
	replace(p->text, "asm volatile(\"barrier.sync 0;\" ::: \"memory\")", "emulated_barrier()");
	// A parameter of any size is taken by reference, and its size told as a cubin tells it.
	replace(p->text, "extern \"C\" __global__ void __launch_bounds__(THREADS, RESIDENT) name(const launch_##name launch)",
		"__attribute__((section(\".nv.info.\" #name), used)) static const unsigned short info_##name[] = "
		"{ 0x1903, sizeof(struct launch_##name) }; extern \"C\" { int size_##name = sizeof(struct launch_##name); } extern \"C\" void name(const launch_##name &launch)");
	char folder[] = "/tmp/emulator-XXXXXX";
	if (!mkdtemp(folder)) return 1;
	const std::string base = std::string(folder) + "/kernel";
	std::ofstream(base + ".cc") << words << p->text;
	const char *compiler = getenv("CXX");
	const std::string command = std::string(compiler && *compiler ? compiler : "c++") +
		" -std=gnu++17 -O1 -w -shared -fPIC -march=native -ffp-contract=fast -fno-math-errno -fno-trapping-math -fno-gnu-unique -o " + base +
		".so " + base + ".cc > " + base + ".log 2>&1";
	const int failed = system(command.c_str());
	p->log = content(base + ".log");
	p->object = failed ? "" : content(base + ".so");
	for (const char *end : {".cc", ".so", ".log"}) unlink((base + end).c_str());
	rmdir(folder);
	return failed ? 6 : 0;
}

static int take(const std::string &from, char *to) { memcpy(to, from.data(), from.size()); return 0; }
API int nvrtcGetProgramLogSize(Program *p, size_t *n) { *n = p->log.size(); return 0; }
API int nvrtcGetProgramLog(Program *p, char *to) { return take(p->log, to); }
API int nvrtcGetCUBINSize(Program *p, size_t *n) { *n = p->object.size(); return 0; }
API int nvrtcGetCUBIN(Program *p, char *to) { return take(p->object, to); }
API int nvrtcGetPTXSize(Program *, size_t *n) { *n = 0; return 0; }
API int nvrtcGetPTX(Program *, char *) { return 0; }

// ---- The driver ----

struct dim3 { unsigned x, y, z; };

// A loaded object: where it keeps what a thread knows of itself.
struct Module {
	void *handle;
	dim3 *thread, *block, *size, *grid;
	char *shared; // the memory of the block that runs
	size_t shared_size;
};

struct Function {
	void (*entry)(const void *);
	Module *module;
	int size; // of the parameter [bytes]
};

enum { TOO_LARGE = 720, OUT_OF_MEMORY = 2, INVALID = 1, NOT_FOUND = 500, DEVICES = 2, PROCESSORS = 3 };

// EMULATED_INIT is what the driver says when it starts: 0, or what keeps it from doing so.
API int cuInit(unsigned) {
	const char *code = getenv("EMULATED_INIT");
	return code ? atoi(code) : 0;
}
API int cuDriverGetVersion(int *version) { *version = 12000; return 0; }
API int cuDeviceGetCount(int *count) { *count = DEVICES; return 0; }
API int cuDeviceGet(int *device, int number) { *device = number; return 0; }
API int cuDeviceGetName(char *name, int length, int) { snprintf(name, length, "emulated GPU"); return 0; }
// Both devices are slices of one GPU, which the older function does not tell apart.
API int cuDeviceGetUuid(char *uuid, int) { memset(uuid, 17, 16); return 0; }
API int cuDeviceGetUuid_v2(char *uuid, int device) { memset(uuid, 17 * (device + 1), 16); return 0; }
API int cuDeviceTotalMem_v2(size_t *bytes, int) { *bytes = 1ull << 32; return 0; }
API int cuDeviceGetAttribute(int *value, int attribute, int) {
	*value = attribute == 16 ? PROCESSORS : attribute == 75 ? 9 : attribute == 95 ? 1 : attribute == 39 ? 2048 : 0; // multiprocessors, capability, cooperative launches, threads
	return 0;
}
API int cuDevicePrimaryCtxSetFlags_v2(int, unsigned) { return 0; }
// What has been taken and not been given back: contexts, streams, modules and pieces of pinned memory.
static std::atomic<int> held;
API int emulated_held(void) { return held; }

API int cuDevicePrimaryCtxRetain(void **context, int) { *context = (void *)1, held++; return 0; }
API int cuDevicePrimaryCtxRelease_v2(int) { held--; return 0; }
API int cuCtxSetCurrent(void *) { return 0; }
API int cuCtxSynchronize(void) { return 0; }

// The GPU's memory: as much as EMULATED_MEMORY says [bytes].
static std::mutex books;
static std::map<void *, size_t> taken;
static size_t in_use;

static size_t limit(const char *name) {
	const char *most = getenv(name);
	return most && *most ? strtoull(most, nullptr, 10) : 1ull << 32;
}
static size_t capacity() { return limit("EMULATED_MEMORY"); }
API int cuMemGetInfo_v2(size_t *free, size_t *total) {
	std::lock_guard<std::mutex> lock(books);
	*total = capacity(), *free = *total - in_use;
	return 0;
}
static void *memory_of(size_t bytes) {
	void *memory = aligned_alloc(256, (bytes + 255) / 256 * 256);
	if (memory) memset(memory, 0xff, bytes);
	return memory;
}
// One piece of pinned memory is as large as EMULATED_PINNED says, at most [bytes].
API int cuMemHostAlloc(void **memory, size_t bytes, unsigned) {
	if (bytes > limit("EMULATED_PINNED") || !(*memory = memory_of(bytes))) return OUT_OF_MEMORY;
	held++;
	return 0;
}
API int cuMemFreeHost(void *memory) { held--, free(memory); return 0; }
API int cuMemAlloc_v2(void **memory, size_t bytes) {
	std::lock_guard<std::mutex> lock(books);
	if (bytes > capacity() || in_use > capacity() - bytes || !(*memory = memory_of(bytes))) return OUT_OF_MEMORY;
	in_use += taken[*memory] = bytes;
	return 0;
}
API int cuMemFree_v2(void *memory) {
	std::lock_guard<std::mutex> lock(books);
	const auto at = taken.find(memory);
	if (at == taken.end()) return INVALID;
	in_use -= at->second, taken.erase(at);
	free(memory);
	return 0;
}

// What is copied through a stream arrives when the stream is waited for, and not before.
struct Copy { void *to; const void *from; size_t bytes; };
struct Stream { std::vector<Copy> copies; };
API int cuStreamCreate(Stream **stream, unsigned) { *stream = new Stream, held++; return 0; }
API int cuStreamDestroy_v2(Stream *stream) { held--; delete stream; return 0; }
API int cuStreamSynchronize(Stream *stream) {
	if (!stream) return 0;
	for (const Copy &c : stream->copies) memcpy(c.to, c.from, c.bytes);
	stream->copies.clear();
	return 0;
}
API int cuMemcpyDtoHAsync_v2(void *to, const void *from, size_t bytes, Stream *stream) {
	stream->copies.push_back({to, from, bytes});
	return 0;
}
API int cuMemsetD8_v2(void *memory, unsigned char value, size_t bytes) { memset(memory, value, bytes); return 0; }
API int cuMemcpyHtoD_v2(void *to, const void *from, size_t bytes) { memcpy(to, from, bytes); return 0; }
API int cuMemcpyDtoH_v2(void *to, const void *from, size_t bytes) { memcpy(to, from, bytes); return 0; }

static void barrier(), pause_thread();

API int cuModuleLoadData(Module **module, const void *image) {
	// The section table is the end of an object.
	const char *bytes = (const char *)image;
	unsigned long long table;
	unsigned short each, count;
	memcpy(&table, bytes + 40, 8), memcpy(&each, bytes + 58, 2), memcpy(&count, bytes + 60, 2);
	char path[] = "/tmp/emulated-XXXXXX";
	const int file = mkstemp(path);
	const size_t length = table + (size_t)each * count;
	const bool written = file >= 0 && write(file, bytes, length) == (ssize_t)length;
	close(file);
	void *handle = written ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : nullptr;
	unlink(path);
	if (!handle) return INVALID;
	const auto find = [&](const char *name) { return (dim3 *)dlsym(handle, name); };
	char *(*begin)() = (char *(*)())dlsym(handle, "shared_begin"), *(*end)() = (char *(*)())dlsym(handle, "shared_end");
	*module = new Module{handle, find("threadIdx"), find("blockIdx"), find("blockDim"), find("gridDim"), begin(), (size_t)(end() - begin())};
	*(void (**)())dlsym(handle, "emulated_barrier") = barrier;
	*(void (**)())dlsym(handle, "emulated_pause") = pause_thread;
	held++;
	return 0;
}
API int cuModuleUnload(Module *module) { held--; dlclose(module->handle); delete module; return 0; }
API int cuModuleGetFunction(Function **function, Module *module, const char *name) {
	void *entry = dlsym(module->handle, name);
	if (!entry) return NOT_FOUND;
	*function = new Function{(void (*)(const void *))entry, module, *(int *)dlsym(module->handle, (std::string("size_") + name).c_str())};
	return 0;
}
API int cuFuncGetAttribute(int *value, int attribute, Function *function) {
	*value = attribute == 1 ? (int)function->module->shared_size : attribute == 4 ? 128 : 0; // shared memory, registers
	return 0;
}
API int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, Function *, int threads, size_t) {
	*blocks = threads > 1024 ? 0 : 1024 / threads;
	return 0;
}

// The threads of the blocks that run at the same time: one block, or all of a cooperative launch. A module's shared
// memory is one piece, which each block finds as it left it.
struct Fibre { ucontext_t context; char *stack; dim3 index; bool ended, waits; };
struct Block { dim3 index; std::vector<Fibre> fibres; std::vector<char> shared; };
static std::mutex processor;
static std::vector<char *> stacks; // that no fibre uses
static ucontext_t scheduler;
static Fibre *current;
static Function *running;
static const void *argument;

static void pause_thread() { swapcontext(&current->context, &scheduler); }
static void barrier() { current->waits = true, pause_thread(); }

static void body() {
	running->entry(argument);
	current->ended = true;
	pause_thread();
}

enum { MOST_THREADS = 1024, STACK = 256 << 10, RESIDENT_THREADS = 1024 };

static void begin(Block &block, dim3 size) {
	block.fibres.resize(size.x * size.y);
	for (unsigned n = 0; n < block.fibres.size(); n++) {
		Fibre &f = block.fibres[n];
		if (stacks.empty()) stacks.push_back((char *)malloc(STACK));
		f.stack = stacks.back(), stacks.pop_back();
		f.index = {n % size.x, n / size.x, 0}, f.ended = f.waits = false;
		getcontext(&f.context);
		f.context.uc_stack.ss_sp = f.stack, f.context.uc_stack.ss_size = STACK, f.context.uc_link = nullptr;
		makecontext(&f.context, body, 0);
	}
	block.shared.assign(running->module->shared_size, (char)0xff);
}

// turn runs each thread of a block until its next barrier; returns how many have not ended.
static unsigned turn(Block &block, bool backwards) {
	Module &m = *running->module;
	*m.block = block.index;
	memcpy(m.shared, block.shared.data(), m.shared_size);
	const unsigned threads = block.fibres.size();
	unsigned left = 0, waiting = 0;
	for (unsigned n = 0; n < threads; n++) {
		current = &block.fibres[backwards ? threads - 1 - n : n];
		if (!current->ended && !current->waits) {
			*m.thread = current->index;
			swapcontext(&scheduler, &current->context);
		}
		left += !current->ended, waiting += !current->ended && current->waits;
	}
	if (waiting == left) {
		for (Fibre &f : block.fibres) f.waits = false;
	}
	memcpy(block.shared.data(), m.shared, m.shared_size);
	return left;
}

// Every other turn goes backwards, so that nobody relies on an order of threads or blocks.
static void run_blocks(std::vector<Block> &blocks, dim3 grid, dim3 size) {
	*running->module->size = size, *running->module->grid = grid;
	for (Block &block : blocks) begin(block, size);
	bool backwards = false;
	for (unsigned left = 1; left > 0; backwards = !backwards) {
		left = 0;
		for (size_t n = 0; n < blocks.size(); n++) left += turn(blocks[backwards ? blocks.size() - 1 - n : n], backwards);
	}
	for (Block &block : blocks) {
		for (Fibre &f : block.fibres) stacks.push_back(f.stack);
	}
}

static int launch(Function *function, dim3 grid, dim3 size, void **parameters, bool together) {
	if (size.x * size.y > MOST_THREADS || size.z != 1 || grid.z != 1) return INVALID;
	const unsigned count = grid.x * grid.y;
	if (together && count * size.x * size.y > PROCESSORS * RESIDENT_THREADS) return TOO_LARGE;
	std::lock_guard<std::mutex> lock(processor);
	running = function, argument = parameters[0];
	const unsigned before = _mm_getcsr();
	_mm_setcsr(0x9fc0); // flush denormals
	// The last word of the parameter is the place where the host says stop. Blocks would look there themselves, slowly.
	const volatile int *stop;
	memcpy(&stop, (const char *)argument + function->size - 8, 8);
	std::vector<Block> blocks(together ? count : 1);
	for (unsigned n = 0; n < count && (together || n == 0 || !*stop); n++) {
		blocks[together ? n : 0].index = {n % grid.x, n / grid.x, 0};
		if (!together || n == count - 1) run_blocks(blocks, grid, size);
	}
	_mm_setcsr(before);
	return 0;
}

API int cuLaunchKernel(Function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
	unsigned, void *, void **parameters, void **) {
	return launch(function, {gx, gy, gz}, {bx, by, bz}, parameters, false);
}
API int cuLaunchCooperativeKernel(Function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
	unsigned, void *, void **parameters) {
	return launch(function, {gx, gy, gz}, {bx, by, bz}, parameters, true);
}
