// libcuda.so.1: devices, contexts, memory, streams, modules.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "mock.h"

using mock::Direction;

namespace {

struct Context {
  int device;
};
/** A stream, a module or a function: each belongs to a context. */
struct Owned {
  Context* context;
};

constexpr int kMostDevices = 8;
constexpr size_t kMemory = size_t{2} << 30;
constexpr int kVersion = 12090;
constexpr int kInvalidContext = 201, kInvalidHandle = 400;
Context contexts[kMostDevices] = {{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}};
thread_local Context* current = nullptr;
int event;  // only its address is used

void Describe(char* text, int room, const char* format, int device = 0) { std::snprintf(text, room, format, device); }

}  // namespace

ANSWER(cuInit, (unsigned))
ANSWER(cuDriverGetVersion, (int* version), *version = kVersion)
ANSWER(cuDeviceGetCount, (int* count), *count = mock::Devices())
ANSWER(cuDeviceGet, (int* device, int place), *device = place)
ANSWER(cuDeviceGetName, (char* name, int room, int), Describe(name, room, "mock"))
ANSWER(cuDeviceGetUuid, (void* uuid, int device), std::memset(uuid, 1 + device, 16))
ANSWER(cuDeviceGetUuid_v2, (void* uuid, int device), std::memset(uuid, 1 + device, 16))
ANSWER(cuDeviceTotalMem_v2, (size_t* bytes, int), *bytes = kMemory)
ANSWER(cuDeviceGetAttribute, (int* value, int attribute, int), *value = mock::Attribute(attribute))
ANSWER(cuDeviceGetPCIBusId, (char* id, int room, int device), Describe(id, room, "0000:0%d:00.0", device))
ANSWER(cuDeviceCanAccessPeer, (int* can, int, int), *can = 0)
ANSWER(cuDevicePrimaryCtxRetain, (Context** context, int device), *context = &contexts[device])
ANSWER(cuDevicePrimaryCtxRelease_v2, (int))
ANSWER(cuDevicePrimaryCtxGetState, (int, unsigned* flags, int* active), *flags = 0, *active = 1)
ANSWER(cuDevicePrimaryCtxSetFlags_v2, (int, unsigned))
ANSWER(cuCtxGetCurrent, (Context** context), *context = current)
ANSWER(cuCtxSetCurrent, (Context* context), current = context)
extern "C" int cuCtxGetDevice(int* device) {
  if (current == nullptr) return kInvalidContext;
  *device = current->device;
  return 0;
}
ANSWER(cuCtxGetApiVersion, (void*, unsigned* version), *version = kVersion)
ANSWER(cuCtxSynchronize, ())
ANSWER(cuCtxGetStreamPriorityRange, (int* least, int* greatest), *least = 0, *greatest = 0)
ANSWER(cuGetErrorName, (int, const char** text), *text = "CUDA_ERROR_OF_THE_MOCK")
ANSWER(cuGetErrorString, (int, const char** text), *text = "an error of the mock device")

ANSWER(cuMemGetInfo_v2, (size_t* free, size_t* total), *free = kMemory / 8 * 7, *total = kMemory)
ANSWER(cuMemAlloc_v2, (void** memory, size_t bytes), *memory = mock::Allocate(bytes))
ANSWER(cuMemFree_v2, (void* memory), std::free(memory))
ANSWER(cuMemHostAlloc, (void** memory, size_t bytes, unsigned), *memory = mock::Allocate(bytes))
ANSWER(cuMemAllocHost_v2, (void** memory, size_t bytes), *memory = mock::Allocate(bytes))
ANSWER(cuMemFreeHost, (void* memory), std::free(memory))
ANSWER(cuMemHostRegister_v2, (void*, size_t, unsigned))
ANSWER(cuMemHostUnregister, (void*))
ANSWER(cuMemcpyHtoD_v2, (void* to, const void* from, size_t n), mock::Copied(Direction::kIn, to, from, n))
ANSWER(cuMemcpyHtoDAsync_v2, (void* to, const void* from, size_t n, void*), mock::Copied(Direction::kIn, to, from, n))
ANSWER(cuMemcpyDtoH_v2, (void* to, const void* from, size_t n), mock::Copied(Direction::kOut, to, from, n))
ANSWER(cuMemcpyDtoHAsync_v2, (void* to, const void* from, size_t n, void*), mock::Copied(Direction::kOut, to, from, n))
ANSWER(cuMemcpyDtoD_v2, (void* to, const void* from, size_t n), std::memmove(to, from, n))
ANSWER(cuMemcpyDtoDAsync_v2, (void* to, const void* from, size_t n, void*), std::memmove(to, from, n))
ANSWER(cuMemsetD8_v2, (void* to, unsigned char value, size_t n), std::memset(to, value, n))
ANSWER(cuMemsetD8Async, (void* to, unsigned char value, size_t n, void*), std::memset(to, value, n))
ANSWER(cuMemsetD32_v2, (uint32_t* to, uint32_t value, size_t n), while (n-- > 0) *to++ = value)
ANSWER(cuMemsetD32Async, (uint32_t* to, uint32_t value, size_t n, void*), while (n-- > 0) *to++ = value)

ANSWER(cuStreamCreate, (Owned** stream, unsigned), *stream = new Owned{current})
ANSWER(cuStreamCreateWithPriority, (Owned** stream, unsigned, int), *stream = new Owned{current})
ANSWER(cuStreamDestroy_v2, (Owned* stream), delete stream)
ANSWER(cuStreamQuery, (void*))
ANSWER(cuStreamSynchronize, (void*))
ANSWER(cuStreamWaitEvent, (void*, void*, unsigned))
ANSWER(cuStreamIsCapturing, (void*, int* status), *status = 0)
ANSWER(cuLaunchHostFunc, (void*, void (*function)(void*), void* data), function(data))
ANSWER(cuEventCreate, (void** made, unsigned), *made = &event)
ANSWER(cuEventDestroy_v2, (void*))
ANSWER(cuEventRecord, (void*, void*))
ANSWER(cuEventQuery, (void*))
ANSWER(cuEventSynchronize, (void*))

ANSWER(cuModuleLoadData, (Owned** module, const void*), *module = new Owned{current})
ANSWER(cuModuleUnload, (Owned* module), delete module)
ANSWER(cuModuleGetFunction, (Owned** function, Owned* module, const char*), *function = new Owned{module->context})
ANSWER(cuFuncSetAttribute, (void*, int, int))
ANSWER(cuFuncGetAttribute, (int* value, int, void*), *value = 0)
extern "C" int cuLaunchKernel(Owned* function, unsigned x, unsigned y, unsigned z, unsigned threads, unsigned, unsigned, unsigned,
                              Owned* stream, void**, void**) {
  if (x * y * z == 0 || threads == 0 || threads > 1024) return 1;
  if (function->context != current || stream->context != current) return kInvalidHandle;
  mock::counters().launches++;
  return 0;
}
