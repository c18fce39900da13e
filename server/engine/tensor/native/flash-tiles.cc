#include "flash-tiles.h"

namespace stanscope {
namespace {

template <int kWide>
__attribute__((noinline)) void Block(const float* a, int64_t a_row, int64_t a_inner, const float* b, int64_t b_stride, int64_t inner,
                                     float* c, int64_t c_stride, bool adds) {
  Lanes sums[kBlockRows][kWide] = {};
  for (int64_t i = 0; i < inner; i++) {
    Lanes row[kWide];
    for (int l = 0; l < kWide; l++) row[l] = Load(b + i * b_stride + l * kLanes);
    for (int64_t r = 0; r < kBlockRows; r++) {
      for (int l = 0; l < kWide; l++) sums[r][l] += a[r * a_row + i * a_inner] * row[l];
    }
  }
  for (int64_t r = 0; r < kBlockRows; r++) {
    for (int l = 0; l < kWide; l++) {
      float* to = c + r * c_stride + l * kLanes;
      Store(to, adds ? Load(to) + sums[r][l] : sums[r][l]);
    }
  }
}

int64_t RoundUp(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

}  // namespace

float LargestOf(Lanes lanes) {
  using Order = int32_t __attribute__((vector_size(64)));
  lanes = Larger(lanes, __builtin_shuffle(lanes, Order{8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7}));
  lanes = Larger(lanes, __builtin_shuffle(lanes, Order{4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11}));
  lanes = Larger(lanes, __builtin_shuffle(lanes, Order{2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13}));
  lanes = Larger(lanes, __builtin_shuffle(lanes, Order{1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14}));
  return lanes[0];
}

void Product(const float* a, int64_t a_row, int64_t a_inner, const float* b, int64_t b_stride, int64_t inner, float* c, int64_t c_stride,
             int64_t lanes, bool adds) {
  int64_t l = 0;
  for (; l + kBlockLanes <= lanes; l += kBlockLanes) {
    Block<kBlockLanes>(a, a_row, a_inner, b + l * kLanes, b_stride, inner, c + l * kLanes, c_stride, adds);
  }
  for (; l < lanes; l++) Block<1>(a, a_row, a_inner, b + l * kLanes, b_stride, inner, c + l * kLanes, c_stride, adds);
}

FlashShape::FlashShape(const Input& query, const Input& key, const Input& factors)
    : rows(query.dim(0)), queries(query.dim(1)), tokens(key.dim(1)), heads(query.dim(2)), kv_heads(key.dim(2)), d(query.dim(3)),
      wide(RoundUp(d, kLanes)), room(RoundUp(tokens, kTile)), scale(factors.data()[0]), cap(factors.data()[1]) {}

Span QueryTile::SpanOf(int64_t block, int64_t key) const {
  const int64_t first = std::max<int64_t>(0, block_first[block / kBlockRows] - key), end = std::min(kTile, block_end[block / kBlockRows] - key);
  if (first >= end) return {key, 0, 0, 0};
  const int64_t from = first / kLanes * kLanes;
  return {key, from, end, (end - from + kLanes - 1) / kLanes};
}

QueryTiles::QueryTiles(const FlashShape& shape, const Input& bounds)
    : count_(RoundUp(shape.queries, kTile) / kTile), is_shared_(bounds.dim(0) == 1), tiles_(bounds.dim(0) * count_) {
  const int32_t* bound = bounds.data<int32_t>();
  for (int64_t t = 0; t < static_cast<int64_t>(tiles_.size()); t++) {
    QueryTile& tile = tiles_[t];
    tile = {};
    tile.from = t % count_ * kTile;
    tile.count = std::min(kTile, shape.queries - tile.from);
    tile.lowest = shape.tokens;
    std::fill(tile.block_first, tile.block_first + kTile / kBlockRows, shape.tokens);
    for (int64_t i = 0; i < tile.count; i++) {
      const int32_t* own = bound + (t / count_ * shape.queries + tile.from + i) * 2;
      const bool is_even = own[0] < 0;
      tile.first[i] = is_even ? 0 : own[0];
      tile.end[i] = is_even ? shape.tokens : std::min<int64_t>(own[1], shape.tokens);
      tile.scale[i] = is_even ? 0.f : shape.scale;
      if (tile.first[i] >= tile.end[i]) continue;
      int64_t &first = tile.block_first[i / kBlockRows], &end = tile.block_end[i / kBlockRows];
      first = std::min(first, tile.first[i]);
      end = std::max(end, tile.end[i]);
      tile.lowest = std::min(tile.lowest, first);
      tile.highest = std::max(tile.highest, end);
    }
  }
}

void LayQueries(const FlashShape& shape, const QueryTile& tile, const float* q, float* laid) {
  std::fill(laid, laid + kTile * shape.wide, 0.f);
  for (int64_t i = 0; i < tile.count; i++) {
    const float *from = q + (tile.from + i) * shape.heads * shape.d, scale = tile.scale[i];
    for (int64_t c = 0; c < shape.d; c++) laid[i * shape.wide + c] = from[c] * scale;
  }
}

void LayKeys(const FlashShape& shape, const float* x, int64_t item, int64_t begin, int64_t end, float* natural, float* turned) {
  const int64_t tiles = shape.room / kTile, stride = shape.kv_heads * shape.d, d = shape.d, wide = shape.wide;
  for (int64_t t = begin; t < end; t++) {
    const int64_t from = t % tiles * kTile, count = std::min(kTile, shape.tokens - from), head = item + t / tiles;
    const float* keys = x + (head / shape.kv_heads * shape.tokens + from) * stride + head % shape.kv_heads * d;
    if (natural != nullptr) {
      float* laid = natural + t * kTile * wide;
      for (int64_t i = 0; i < kTile; i++) {
        const int64_t held = i < count ? d : 0;
        std::copy_n(keys + i * stride, held, laid + i * wide);
        std::fill(laid + i * wide + held, laid + (i + 1) * wide, 0.f);
      }
    }
    if (turned != nullptr) {
      float* laid = turned + t * kTile * wide;
      if (count < kTile) std::fill(laid, laid + kTile * wide, 0.f);
      for (int64_t i = 0; i < count; i++) {
        for (int64_t c = 0; c < d; c++) laid[c * kTile + i] = keys[i * stride + c];
      }
    }
  }
}

}  // namespace stanscope
