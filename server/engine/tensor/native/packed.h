// Frozen weights in blocks, as files hold them: ggml's formats, and NF4 of bitsandbytes. lib/numbers/blocks describes the same in TypeScript.
#pragma once

#include <cstdint>

namespace stanscope {

// ggml's type numbers; NF4, which ggml does not have, has one of ours.
enum class Format : int32_t {
  kF16 = 1,
  kQ4_0 = 2,
  kQ4_1 = 3,
  kQ5_0 = 6,
  kQ5_1 = 7,
  kQ8_0 = 8,
  kQ4_K = 12,
  kQ5_K = 13,
  kQ6_K = 14,
  kBF16 = 30,
  kNF4 = 100,
};

struct BlockSize {
  int64_t values, bytes;
};

// {1, 0} for a number that names no format: such a matrix has no rows.
BlockSize BlockSizeOf(Format format);

// Values that lie one after another in blocks. As a pointer to them it moves by values, but by whole blocks alone.
struct Packed {
  Format format;
  BlockSize size;
  const uint8_t* blocks;

  Packed operator+(int64_t values) const { return {format, size, blocks + values / size.values * size.bytes}; }
};

// Writes the next n values, whole blocks, as floats: each is rounded once from its exact product, as in ggml.
void Unpack(Packed from, int64_t n, float* to);

}  // namespace stanscope
