#include "kernel-support.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace stanscope {
namespace {

// Lays the memory of w in pages of 2 MiB, as far as the system gives them. A step of decoding reads every weight once, and with pages of
// 4 KiB it spends half of its time on finding them. What shares these pages with w comes along; nothing changes its address. The output is
// the number of large pages.
void LargePages(void*, TF_OpKernelContext* context) {
  Input w(context, 0);
  int32_t laid = 0;
#if defined(__linux__)
  constexpr uintptr_t kPage = 2 << 20;
  constexpr int kCollapse = 25;  // MADV_COLLAPSE, of Linux 6.1, which older headers do not name
  const uintptr_t begin = reinterpret_cast<uintptr_t>(w.data<char>()), end = begin + w.bytes();
  for (uintptr_t page = begin / kPage * kPage; page < end; page += kPage) {
    void* start = reinterpret_cast<void*>(page);
    laid += madvise(start, kPage, MADV_HUGEPAGE) == 0 && madvise(start, kPage, kCollapse) == 0;
  }
#endif
  *IntOutput(context, 0, {}) = laid;
}

const Register large_pages("StanscopeLargePages", {"w: T"}, {"pages: int32"}, LargePages, {"T: type"});

}  // namespace
}  // namespace stanscope
