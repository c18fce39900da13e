// Tiles of bfloat16: how rows and weights are laid out in them, and their product.
#pragma once

#include <cstdint>

namespace stanscope {

constexpr int64_t kTile = 16;       // rows or outputs of a tile
constexpr int64_t kTileDepth = 32;  // values of each that are summed

// Of rows: 16 rows of 32 values. Of weights: 16 pairs of values along the depth, of 16 outputs each, as the dot products of bfloat16 take them.
struct alignas(64) Tile {
  uint16_t values[kTile * kTileDepth];
};

// A float as the nearest bfloat16, and what that leaves.
enum class Part { kHigh, kLow };

// Lays `rows` rows (at most 16 of them are read) of `depth` values along `deep` tiles, zeros behind them.
void LayRows(const float* x, int64_t stride, int64_t rows, int64_t depth, Part part, int64_t deep, Tile* tiles);

// Lays weights of which each row belongs to an output: `outputs` rows (at most 16) of `depth` values (at most 32).
void LayTurned(const uint16_t* w, int64_t stride, int64_t outputs, int64_t depth, Part part, Tile* tile);
void LayTurned(const float* w, int64_t stride, int64_t outputs, int64_t depth, Part part, Tile* tile);

// Lays weights of which each column belongs to an output: `depth` rows (at most 32) of `outputs` values (at most 16).
void LayPaired(const uint16_t* w, int64_t stride, int64_t depth, int64_t outputs, Tile* tile);

// Two strips of rows and two of outputs, each a line of tiles along the depth.
struct Operands {
  const Tile* rows[2];
  const Tile* outputs[2];
};

// Where the 32 x 32 values of a product go: the corner of a matrix of which `rows` rows and `columns` columns are left.
struct Corner {
  float* y;
  int64_t stride, rows, columns;
};

// The part of the processor that multiplies tiles; held while a thread uses it.
class TileUnit {
 public:
  TileUnit();
  ~TileUnit();
  TileUnit(const TileUnit&) = delete;
  TileUnit& operator=(const TileUnit&) = delete;

  // Sums `count` products of `deep` tiles each into one corner, or adds the sum to what is there.
  void Multiply(const Operands* operands, int count, int64_t deep, const Corner& corner, bool adds) const;
};

}  // namespace stanscope
