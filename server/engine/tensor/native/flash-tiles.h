// What attention by tiles stands on: small products in registers, and queries and keys laid out for them.
#pragma once

#include "ordered-lanes.h"

namespace stanscope {

constexpr int64_t kTile = 64;  // queries, or keys, that are laid out together

// Rows and lanes of a product that are held in registers: 16 sums of 32 registers, or 8 of 16 where two make up the lanes.
#if defined(__AVX512F__)
constexpr int64_t kBlockRows = 8;
constexpr int kBlockLanes = 2;
#else
constexpr int64_t kBlockRows = 4;
constexpr int kBlockLanes = 1;
#endif

float LargestOf(Lanes lanes);

// c (kBlockRows, lanes) = or += a (kBlockRows, inner) b (inner, lanes). An entry of a is a_row and a_inner apart from its neighbours; rows
// of b and c are contiguous. Each entry's sum goes by `inner` in order, so that it is the same in whatever block it stands, and is then
// added as one: sums of sums keep more digits over long rows.
void Product(const float* a, int64_t a_row, int64_t a_inner, const float* b, int64_t b_stride, int64_t inner, float* c, int64_t c_stride,
             int64_t lanes, bool adds);

struct FlashShape {
  FlashShape(const Input& query, const Input& key, const Input& factors);
  int64_t rows, queries, tokens, heads, kv_heads, d;
  int64_t wide;  // d up to whole lanes
  int64_t room;  // tokens up to whole tiles
  float scale;   // of queries
  float cap;     // of scores, 0 where they are not capped
};

// The part of a tile's keys from `key` on that a block of queries computes: lanes from `from` on, up to `end` that any of them sees.
struct Span {
  int64_t key, from, end, lanes;
};

// Up to kTile queries and the keys that each sees: from first to before end.
struct QueryTile {
  int64_t from, count, lowest, highest;
  int64_t first[kTile], end[kTile];
  float scale[kTile];
  Span SpanOf(int64_t block, int64_t key) const;
  // Whether all keys that a query sees are in one tile.
  bool SeesOneTile(int64_t query) const { return end[query] <= first[query] / kTile * kTile + kTile; }

  // By block of queries: the lowest and highest key that any of them sees.
  int64_t block_first[kTile / kBlockRows], block_end[kTile / kBlockRows];
};

// All tiles of queries, from bounds (rows or 1, queries, 2): the first key that a query sees and the one after the last. A first below 0
// stands for a query that sees all keys alike, whatever their scores.
class QueryTiles {
 public:
  QueryTiles(const FlashShape& shape, const Input& bounds);
  int64_t count() const { return count_; }
  const QueryTile& at(int64_t row, int64_t tile) const { return tiles_[(is_shared_ ? 0 : row) * count_ + tile]; }

 private:
  int64_t count_;
  bool is_shared_;
  std::vector<QueryTile> tiles_;
};

// The queries of a tile from one row and head of q, whose tokens are heads * d apart -> scaled (kTile, wide), zeros around them
void LayQueries(const FlashShape& shape, const QueryTile& tile, const float* q, float* laid);

// Tiles begin…end of keys or values, counted through key heads from `item` on -> natural (kTile, wide) and turned (wide, kTile), zeros around
// them; where given
void LayKeys(const FlashShape& shape, const float* x, int64_t item, int64_t begin, int64_t end, float* natural, float* turned);

}  // namespace stanscope
