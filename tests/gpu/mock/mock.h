// What the parts of the mock share. A mock device has the host's memory; its streams do everything at once; kernels compute nothing on it, so that a
// test sees where tensors lie and which of them cross, and no values.
#pragma once
#include <cstddef>
#include <cstdint>

namespace mock {

/** Counted since the process started; written to the file that MOCK_COUNTERS names, for whoever reads it. */
struct Counters {
  uint64_t copies_in, bytes_in, copies_out, bytes_out, launches, products;
};

enum class Direction { kIn, kOut };

Counters& counters();
void Copied(Direction direction, void* to, const void* from, size_t bytes);
void* Allocate(size_t bytes);
int Devices();
int Attribute(int attribute);

}  // namespace mock

/** A function of a library of NVIDIA that succeeds. */
#define ANSWER(name, parameters, ...) \
  extern "C" int name parameters {    \
    __VA_ARGS__;                      \
    return 0;                         \
  }
