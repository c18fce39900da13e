// libcudart.so.12, through which TensorFlow's own kernels are launched: counted, and left undone.
#include <cstring>

#include "mock.h"
#include "third_party/gpus/cuda/include/driver_types.h"  // TensorFlow's wheel has it; for cudaDeviceProp

namespace {

constexpr int kVersion = 12090;

/** Eigen divides by some of these. */
void Describe(cudaDeviceProp* properties) {
  *properties = {};
  properties->major = 9;
  properties->warpSize = 32;
  properties->multiProcessorCount = 132;
  properties->maxThreadsPerBlock = 1024;
  properties->maxThreadsPerMultiProcessor = 2048;
  properties->sharedMemPerBlock = 48 << 10;
  for (int axis = 0; axis < 3; axis++) {
    properties->maxThreadsDim[axis] = 64;
    properties->maxGridSize[axis] = 65535;
  }
}

void CopyAsTold(void* to, const void* from, size_t bytes, int kind) {
  if (kind == cudaMemcpyHostToDevice) return mock::Copied(mock::Direction::kIn, to, from, bytes);
  if (kind == cudaMemcpyDeviceToHost) return mock::Copied(mock::Direction::kOut, to, from, bytes);
  std::memmove(to, from, bytes);
}

}  // namespace

extern "C" void** __cudaRegisterFatBinary(void*) {
  static void* handle;
  return &handle;
}
extern "C" void __cudaRegisterFatBinaryEnd(void**) {}
extern "C" void __cudaUnregisterFatBinary(void**) {}
extern "C" void __cudaRegisterFunction(void**, const char*, char*, const char*, int, void*, void*, void*, void*, int*) {}
extern "C" void __cudaRegisterVar(void**, char*, char*, const char*, int, size_t, int, int) {}
/** Where this fails, the launch after it is left out: a kernel launched as <<<…>>> never reads its arguments. */
extern "C" unsigned __cudaPushCallConfiguration(...) {
  mock::counters().launches++;
  return 1;
}
extern "C" const char* cudaGetErrorString(int) { return "an error of the mock device"; }
ANSWER(cudaLaunchKernel, (...), mock::counters().launches++)
ANSWER(cudaGetLastError, ())
ANSWER(cudaPeekAtLastError, ())
ANSWER(cudaRuntimeGetVersion, (int* version), *version = kVersion)
ANSWER(cudaDriverGetVersion, (int* version), *version = kVersion)
ANSWER(cudaGetDeviceCount, (int* count), *count = mock::Devices())
ANSWER(cudaGetDeviceProperties_v2, (cudaDeviceProp* properties, int), Describe(properties))
ANSWER(cudaGetDevice, (int* device), *device = 0)
ANSWER(cudaSetDevice, (int))
ANSWER(cudaDeviceGetStreamPriorityRange, (int* least, int* greatest), *least = 0, *greatest = 0)
ANSWER(cudaFree, (void*))
ANSWER(cudaDeviceGetAttribute, (int* value, int attribute, int), *value = mock::Attribute(attribute))
ANSWER(cudaFuncGetAttributes, (cudaFuncAttributes* attributes, const void*), *attributes = {}, attributes->maxThreadsPerBlock = 1024)
ANSWER(cudaFuncSetAttribute, (const void*, int, int))
ANSWER(cudaOccupancyMaxActiveBlocksPerMultiprocessor, (int* blocks, const void*, int, size_t), *blocks = 2)
ANSWER(cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags, (int* blocks, const void*, int, size_t, unsigned), *blocks = 2)
ANSWER(cudaMemsetAsync, (void* to, int value, size_t bytes, void*), std::memset(to, value, bytes))
ANSWER(cudaMemcpyAsync, (void* to, const void* from, size_t bytes, int kind, void*), CopyAsTold(to, from, bytes, kind))
ANSWER(cudaStreamSynchronize, (void*))
ANSWER(cudaStreamAddCallback, (void* stream, void (*call)(void*, int, void*), void* data, unsigned), call(stream, 0, data))
