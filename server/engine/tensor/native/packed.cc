#include "packed-formats.h"

namespace stanscope {
namespace {

template <class Block>
void WriteBlocks(const uint8_t* blocks, int64_t n, float* to) {
  if constexpr (Block::kValues == 1) {
    const auto* values = reinterpret_cast<const typename Block::Value*>(blocks);
    int64_t i = 0;
    for (; i + kLanes <= n; i += kLanes) Store(to + i, Load(values + i));
    const Lanes rest = LoadPart(values + i, n - i);
    std::memcpy(to + i, &rest, (n - i) * sizeof *to);
  } else {
    for (int64_t i = 0; i < n; i += Block::kValues, blocks += Block::kBytes) {
      Block::Each(blocks, [=](int64_t place, Lanes values) { Store(to + i + place, values); });
    }
  }
}

// w (bytes of rows one after another), format (), ids (n), d () -> the rows of those ids as floats (n, d); NaN for an id without a row
void UnpackRows(void*, TF_OpKernelContext* context) {
  Input weight(context, 0), format(context, 1), ids(context, 2), width(context, 3);
  const int64_t n = ids.size(), d = *width.data<int32_t>();
  const Format held = static_cast<Format>(*format.data<int32_t>());
  const Packed w = {held, BlockSizeOf(held), weight.data<uint8_t>()};
  const int64_t row_bytes = d / w.size.values * w.size.bytes, rows = row_bytes == 0 ? 0 : weight.size() / row_bytes;
  float* y = FloatOutput(context, 0, {n, d});
  const int32_t* id = ids.data<int32_t>();
  constexpr int64_t kWorth = 16384;  // values that are worth a thread
  Split(n, std::max<int64_t>(1, kWorth / std::max<int64_t>(1, d)), [=](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) {
      if (id[i] >= 0 && id[i] < rows) Unpack(w + id[i] * d, d, y + i * d);
      else std::fill(y + i * d, y + (i + 1) * d, NAN);
    }
  });
}

const Register unpack_rows("StanscopeUnpackRows", {"w: uint8", "format: int32", "ids: int32", "d: int32"}, {"y: float"}, UnpackRows);

}  // namespace

BlockSize BlockSizeOf(Format format) {
  BlockSize size = {1, 0};
  With(format, [&](auto block) { size = {decltype(block)::kValues, decltype(block)::kBytes}; });
  return size;
}

void Unpack(Packed from, int64_t n, float* to) {
  With(from.format, [&](auto block) { WriteBlocks<decltype(block)>(from.blocks, n, to); });
}

}  // namespace stanscope
