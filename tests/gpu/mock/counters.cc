// Counts copies and launches, and describes the device.
#include "mock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace mock {
namespace {

Counters* Mapped() {
  static Counters unread;
  const char* file = std::getenv("MOCK_COUNTERS");
  const int opened = file == nullptr ? -1 : open(file, O_RDWR | O_CREAT, 0600);
  if (opened < 0 || ftruncate(opened, sizeof(Counters)) != 0) return &unread;
  void* shared = mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
  close(opened);
  return shared == MAP_FAILED ? &unread : static_cast<Counters*>(shared);
}

/** Words of 1, whatever the device holds: an integer that is an index anywhere, and as a float the smallest above 0, so that every check passes. */
void ReadBack(void* to, size_t bytes) {
  constexpr uint32_t kOne = 1;
  for (size_t at = 0; at < bytes; at += sizeof kOne) std::memcpy(static_cast<char*>(to) + at, &kOne, std::min(bytes - at, sizeof kOne));
}

}  // namespace

Counters& counters() {
  static Counters* const counted = Mapped();
  return *counted;
}

void Copied(Direction direction, void* to, const void* from, size_t bytes) {
  Counters& counted = counters();
  (direction == Direction::kIn ? counted.copies_in : counted.copies_out)++;
  (direction == Direction::kIn ? counted.bytes_in : counted.bytes_out) += bytes;
  if (direction == Direction::kIn) std::memcpy(to, from, bytes);
  else ReadBack(to, bytes);
}

void* Allocate(size_t bytes) {
  constexpr size_t kAlignment = 256;
  return std::aligned_alloc(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment);
}

int Devices() {
  const char* wanted = std::getenv("MOCK_DEVICES");
  return wanted == nullptr ? 1 : std::atoi(wanted);
}

/** By the driver's numbers (CUdevice_attribute), as an H100 answers. */
int Attribute(int attribute) {
  switch (attribute) {
    case 1: case 2: case 3: return 1024;  // threads a block, and on its first two axes
    case 4: return 64;
    case 5: return 2147483647;  // blocks
    case 6: case 7: return 65535;
    case 8: return 48 << 10;  // shared memory of a block
    case 10: return 32;       // lanes of a warp
    case 12: case 82: return 65536;  // registers
    case 13: return 1755000;         // kHz
    case 16: return 132;             // multiprocessors
    case 36: return 2619000;
    case 37: return 5120;
    case 38: return 50 << 20;  // cache
    case 39: return 2048;
    case 41: return 1;  // unified addresses
    case 75: return 9;  // compute capability 9.0
    case 81: return 228 << 10;
    case 97: return 227 << 10;
    default: return 0;
  }
}

}  // namespace mock
