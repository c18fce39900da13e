// libcublas.so.12 and libcublasLt.so.12: every product is counted, and left undone.
#include "mock.h"

namespace {
int handle;  // only its address is used
}

extern "C" const char* cublasGetStatusString(int) { return "an error of the mock device"; }
ANSWER(cublasLtCreate, (void** made), *made = &handle)
ANSWER(cublasLtDestroy, (void*))
ANSWER(cublasCreate_v2, (void** made), *made = &handle)
ANSWER(cublasDestroy_v2, (void*))
ANSWER(cublasSetStream_v2, (void*, void*))
ANSWER(cublasGetPointerMode_v2, (void*, int* mode), *mode = 0)
ANSWER(cublasSetPointerMode_v2, (void*, int))
ANSWER(cublasSetMathMode, (void*, int))
ANSWER(cublasGetMathMode, (void*, int* mode), *mode = 0)
ANSWER(cublasSetAtomicsMode, (void*, int))
ANSWER(cublasSetWorkspace_v2, (void*, void*, size_t))

#define PRODUCT(name) ANSWER(name, (...), mock::counters().products++)
PRODUCT(cublasGemmEx)
PRODUCT(cublasSgemm_v2)
PRODUCT(cublasSgemv_v2)
PRODUCT(cublasSgemmStridedBatched)
PRODUCT(cublasSgemmBatched)
PRODUCT(cublasGemmStridedBatchedEx)
PRODUCT(cublasGemmBatchedEx)
