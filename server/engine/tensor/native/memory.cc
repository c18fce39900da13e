#include <cstdlib>

#if defined(__GLIBC__)
#include <malloc.h>

namespace stanscope {
namespace {

// Matrices of several megabytes get pages of their own, which go back to the system when they are freed. Left alone, glibc raises
// the size from which it does so to 32 MB as soon as larger blocks are freed, and the gradients of a wide adapter then
// find no room between the activations that were freed before them: 100 MB more at 4096 latents, at no gain in time.
struct MemoryPolicy {
  MemoryPolicy() {
    mallopt(M_MMAP_THRESHOLD, 2 << 20);
    mallopt(M_TRIM_THRESHOLD, 200 << 20);
  }
};

const MemoryPolicy policy;

}  // namespace
}  // namespace stanscope
#endif
