//go:build cuda && linux && (amd64 || arm64)

/* CUDA's driver, found at run time. gorgonia.org/cu calls the functions below as if the program were linked with
   libcuda. Each is a jump through a slot. Until load_driver has opened libcuda.so.1, cuInit says success and there are
   no devices, so that the program starts on a machine without a driver and cu's init() does not end it. */

#include <dlfcn.h>
#include <stddef.h>

/* What cu calls, under the names that the headers of CUDA 11 to 13 give it, and two that cu lacks:
   cuMemHostAlloc and cuLaunchCooperativeKernel. */
#define EACH_FUNCTION(DO) \
	DO(cuArray3DCreate_v2) DO(cuArray3DGetDescriptor_v2) DO(cuArrayCreate_v2) DO(cuArrayDestroy) \
	DO(cuArrayGetDescriptor_v2) DO(cuCtxCreate_v2) DO(cuCtxDestroy_v2) DO(cuCtxDisablePeerAccess) \
	DO(cuCtxEnablePeerAccess) DO(cuCtxGetApiVersion) DO(cuCtxGetCacheConfig) DO(cuCtxGetCurrent) DO(cuCtxGetDevice) \
	DO(cuCtxGetFlags) DO(cuCtxGetLimit) DO(cuCtxGetSharedMemConfig) DO(cuCtxGetStreamPriorityRange) \
	DO(cuCtxPopCurrent_v2) DO(cuCtxPushCurrent_v2) DO(cuCtxResetPersistingL2Cache) DO(cuCtxSetCacheConfig) \
	DO(cuCtxSetCurrent) DO(cuCtxSetLimit) DO(cuCtxSetSharedMemConfig) DO(cuCtxSynchronize) DO(cuDeviceCanAccessPeer) \
	DO(cuDeviceGet) DO(cuDeviceGetAttribute) DO(cuDeviceGetCount) DO(cuDeviceGetName) DO(cuDeviceGetP2PAttribute) \
	DO(cuDeviceGetUuid) DO(cuDeviceGetUuid_v2) DO(cuDevicePrimaryCtxGetState) DO(cuDevicePrimaryCtxRelease_v2) \
	DO(cuDevicePrimaryCtxReset_v2) DO(cuDevicePrimaryCtxRetain) DO(cuDevicePrimaryCtxSetFlags_v2) \
	DO(cuDeviceTotalMem_v2) DO(cuDriverGetVersion) DO(cuEventCreate) DO(cuEventDestroy_v2) DO(cuEventElapsedTime) \
	DO(cuEventElapsedTime_v2) DO(cuEventQuery) DO(cuEventRecord) DO(cuEventSynchronize) DO(cuFuncGetAttribute) \
	DO(cuFuncSetCacheConfig) DO(cuFuncSetSharedMemConfig) DO(cuGraphAddChildGraphNode) DO(cuGraphAddDependencies) \
	DO(cuGraphAddEmptyNode) DO(cuGraphAddHostNode) DO(cuGraphAddKernelNode) DO(cuGraphAddKernelNode_v2) \
	DO(cuGraphAddMemcpyNode) DO(cuGraphAddMemsetNode) DO(cuGraphClone) DO(cuGraphCreate) DO(cuGraphDestroy) \
	DO(cuGraphDestroyNode) DO(cuGraphExecDestroy) DO(cuGraphGetEdges) DO(cuInit) DO(cuLaunchKernel) DO(cuLaunchCooperativeKernel) \
	DO(cuLinkAddData_v2) DO(cuLinkAddFile_v2) DO(cuLinkComplete) DO(cuLinkCreate_v2) DO(cuLinkDestroy) \
	DO(cuMemAdvise) DO(cuMemAllocManaged) DO(cuMemAllocPitch_v2) DO(cuMemAlloc_v2) DO(cuMemFreeHost) \
	DO(cuMemFree_v2) DO(cuMemGetAddressRange_v2) DO(cuMemGetInfo_v2) DO(cuMemHostAlloc) DO(cuMemPrefetchAsync) \
	DO(cuMemcpy) DO(cuMemcpy2DAsync_v2) DO(cuMemcpy2DUnaligned_v2) DO(cuMemcpy2D_v2) DO(cuMemcpy3DAsync_v2) \
	DO(cuMemcpy3DPeer) DO(cuMemcpy3DPeerAsync) DO(cuMemcpy3D_v2) DO(cuMemcpyAsync) DO(cuMemcpyAtoA_v2) \
	DO(cuMemcpyAtoD_v2) DO(cuMemcpyAtoHAsync_v2) DO(cuMemcpyAtoH_v2) DO(cuMemcpyDtoA_v2) DO(cuMemcpyDtoDAsync_v2) \
	DO(cuMemcpyDtoD_v2) DO(cuMemcpyDtoHAsync_v2) DO(cuMemcpyDtoH_v2) DO(cuMemcpyHtoAAsync_v2) DO(cuMemcpyHtoA_v2) \
	DO(cuMemcpyHtoDAsync_v2) DO(cuMemcpyHtoD_v2) DO(cuMemcpyPeer) DO(cuMemcpyPeerAsync) DO(cuMemsetD16Async) \
	DO(cuMemsetD16_v2) DO(cuMemsetD2D16Async) DO(cuMemsetD2D16_v2) DO(cuMemsetD2D32Async) DO(cuMemsetD2D32_v2) \
	DO(cuMemsetD2D8Async) DO(cuMemsetD2D8_v2) DO(cuMemsetD32Async) DO(cuMemsetD32_v2) DO(cuMemsetD8Async) \
	DO(cuMemsetD8_v2) DO(cuModuleGetFunction) DO(cuModuleGetGlobal_v2) DO(cuModuleGetSurfRef) DO(cuModuleGetTexRef) \
	DO(cuModuleLoad) DO(cuModuleLoadData) DO(cuModuleLoadDataEx) DO(cuModuleLoadFatBinary) DO(cuModuleUnload) \
	DO(cuOccupancyMaxActiveBlocksPerMultiprocessor) DO(cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags) \
	DO(cuPointerGetAttribute) DO(cuPointerSetAttribute) DO(cuStreamAttachMemAsync) DO(cuStreamCreate) \
	DO(cuStreamCreateWithPriority) DO(cuStreamDestroy_v2) DO(cuStreamGetFlags) DO(cuStreamGetPriority) \
	DO(cuStreamQuery) DO(cuStreamSynchronize) DO(cuStreamWaitEvent) DO(cuStreamWaitValue32) \
	DO(cuStreamWaitValue32_v2) DO(cuStreamWriteValue32) DO(cuStreamWriteValue32_v2) DO(cuSurfRefGetArray) \
	DO(cuSurfRefSetArray) DO(cuTexRefGetAddressMode) DO(cuTexRefGetAddress_v2) DO(cuTexRefGetArray) \
	DO(cuTexRefGetBorderColor) DO(cuTexRefGetFilterMode) DO(cuTexRefGetFlags) DO(cuTexRefGetFormat) \
	DO(cuTexRefGetMaxAnisotropy) DO(cuTexRefSetAddress2D_v3) DO(cuTexRefSetAddressMode) DO(cuTexRefSetAddress_v2) \
	DO(cuTexRefSetArray) DO(cuTexRefSetBorderColor) DO(cuTexRefSetFilterMode) DO(cuTexRefSetFlags) \
	DO(cuTexRefSetFormat) DO(cuTexRefSetMaxAnisotropy) DO(cuTexRefSetMipmapFilterMode) \
	DO(cuTexRefSetMipmapLevelBias) DO(cuTexRefSetMipmapLevelClamp)

enum { SUCCESS = 0, NO_DEVICE = 100, NOT_FOUND = 500 }; /* of CUresult */

static int no_device(void) { return NO_DEVICE; }
static int no_function(void) { return NOT_FOUND; }
static int init_without_driver(void) { return SUCCESS; }
static int count_without_driver(int *count) { *count = 0; return SUCCESS; }

#define SLOT(name) __attribute__((visibility("hidden"))) void *slot_##name = (void *)no_device;
EACH_FUNCTION(SLOT)

#if defined __x86_64__
#define JUMP(name) __asm__(".text\n.p2align 4\n.globl " #name "\n.type " #name ", @function\n" #name ":\n" \
	"\tjmp *slot_" #name "(%rip)\n.size " #name ", .-" #name "\n");
#else
#define JUMP(name) __asm__(".text\n.p2align 4\n.globl " #name "\n.type " #name ", %function\n" #name ":\n" \
	"\tadrp x16, slot_" #name "\n\tldr x16, [x16, :lo12:slot_" #name "]\n\tbr x16\n.size " #name ", .-" #name "\n");
#endif
EACH_FUNCTION(JUMP)

__attribute__((constructor)) static void before_main(void) {
	slot_cuInit = (void *)init_without_driver;
	slot_cuDeviceGetCount = (void *)count_without_driver;
}

/* Opens the driver and fills the slots; returns cuInit's answer, or -1 with the linker's complaint in *says when there
   is no driver. *lacking counts the functions that the driver does not have. Called once. */
int load_driver(const char *library, const char **says, int *lacking) {
	void *driver = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
	*lacking = 0;
	if (!driver) {
		*says = dlerror();
		return -1;
	}
#define FILL(name) \
	slot_##name = dlsym(driver, #name); \
	if (!slot_##name) { \
		slot_##name = (void *)no_function; \
		++*lacking; \
	}
	EACH_FUNCTION(FILL)
	return ((int (*)(unsigned))slot_cuInit)(0);
}

int cuLaunchCooperativeKernel(void *function, unsigned x, unsigned y, unsigned z, unsigned bx, unsigned by, unsigned bz,
	unsigned shared, void *stream, void **parameters);

int launch_cooperative(void *function, unsigned blocks, unsigned rows, unsigned threads, void *stream, void *parameter) {
	void *parameters[] = {parameter};
	return cuLaunchCooperativeKernel(function, blocks, rows, 1, threads, 1, 1, 0, stream, parameters);
}
