#include "bfloat16-tiles.h"

#include "packed-lanes.h"

#if defined(__AMX_BF16__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#define STANSCOPE_AMX 1
#endif

namespace stanscope {
namespace {

using Words = uint32_t __attribute__((vector_size(64)));
const Words kUpper = Words{} + 0xffff0000u;

inline Words Bits(Lanes lanes) { return reinterpret_cast<Words>(lanes); }
inline Lanes AsLanes(Words words) { return reinterpret_cast<Lanes>(words); }

// Floats rounded to the nearest bfloat16, of two equally near the even one, in the upper halves. NaN stays NaN.
inline Words Round(Lanes x) {
  const Words bits = Bits(x), rounded = bits + 0x7fffu + (bits >> 16 & 1u);
  return (x == x ? rounded : bits | 0x400000u) & kUpper;
}

// Each pair of lanes (2 i, 2 i + 1) of 32 floats as one word: bfloat16 beside bfloat16.
inline Words Pairs(Lanes first, Lanes second) {
#if defined(__AVX512BF16__)
  return reinterpret_cast<Words>(_mm512_cvtne2ps_pbh(reinterpret_cast<__m512>(second), reinterpret_cast<__m512>(first)));
#else
  const Words a = Round(first), b = Round(second);
  const Words kEven = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};
  return __builtin_shuffle(a, b, kEven) >> 16 | __builtin_shuffle(a, b, kEven + 1u);
#endif
}

// What rounding to bfloat16 leaves of a float.
inline Lanes Rest(Lanes x) { return x - AsLanes(Round(x)); }

inline Lanes LoadUpTo(const float* from, int64_t n) { return n >= kLanes ? Load(from) : n > 0 ? LoadPart(from, n) : Lanes{}; }

// The first n of 32 values as 16 pairs, zeros behind them.
inline Words LoadPairs(const float* from, int64_t n, Part part) {
  const Lanes first = LoadUpTo(from, n), second = LoadUpTo(from + kLanes, n - kLanes);
  return part == Part::kHigh ? Pairs(first, second) : Pairs(Rest(first), Rest(second));
}

inline Words LoadPairs(const uint16_t* from, int64_t n, Part) {
  Words pairs = {};
  if (n >= kTileDepth) std::memcpy(&pairs, from, sizeof pairs);
  else std::memcpy(&pairs, from, n * sizeof *from);
  return pairs;
}

inline void Put(Tile* tile, int64_t line, Words pairs) { std::memcpy(tile->values + line * kTileDepth, &pairs, sizeof pairs); }

// Exchanges the words of two lines that a transposition exchanges between places that are kStep apart.
template <uint32_t kStep>
inline void Exchange(Words& a, Words& b) {
  const Words kPlaces = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const Words kFromOther = (kPlaces / kStep & 1u) * (16u - kStep);
  const Words first = __builtin_shuffle(a, b, kPlaces + kFromOther);
  b = __builtin_shuffle(a, b, kPlaces + kStep + kFromOther);
  a = first;
}

template <uint32_t kStep>
inline void ExchangeAll(Words (&lines)[kTile]) {
  for (uint32_t i = 0; i < kTile; i++) {
    if ((i & kStep) == 0) Exchange<kStep>(lines[i], lines[i + kStep]);
  }
}

template <class Weight>
inline void Turn(const Weight* w, int64_t stride, int64_t outputs, int64_t depth, Part part, Tile* tile) {
  Words lines[kTile];
  for (int64_t o = 0; o < kTile; o++) lines[o] = o < outputs ? LoadPairs(w + o * stride, depth, part) : Words{};
  ExchangeAll<8>(lines);
  ExchangeAll<4>(lines);
  ExchangeAll<2>(lines);
  ExchangeAll<1>(lines);
  for (int64_t pair = 0; pair < kTile; pair++) Put(tile, pair, lines[pair]);
}

// The first n of sixteen bfloat16 as the upper halves of words, zeros behind them.
inline Words LoadUpper(const uint16_t* from, int64_t n) { return Bits(n >= kLanes ? Load(from) : n > 0 ? LoadPart(from, n) : Lanes{}); }

void Write(const float* from, int64_t from_stride, const Corner& corner, bool adds) {
  const int64_t rows = std::min(corner.rows, 2 * kTile), columns = std::min(corner.columns, 2 * kTile);
  for (int64_t r = 0; r < rows; r++) {
    float* y = corner.y + r * corner.stride;
    for (int64_t c = 0; c < columns; c++) y[c] = adds ? y[c] + from[r * from_stride + c] : from[r * from_stride + c];
  }
}

// sum + the products of one pair of values with those of 16 outputs
inline Lanes AddPairs(Lanes sum, uint32_t pair, Words of_outputs) {
#if defined(__AVX512BF16__)
  return reinterpret_cast<Lanes>(
      _mm512_dpbf16_ps(reinterpret_cast<__m512>(sum), reinterpret_cast<__m512bh>(Words{} + pair), reinterpret_cast<__m512bh>(of_outputs)));
#else
  return sum + AsLanes(Words{} + (pair << 16)) * AsLanes(of_outputs << 16) + AsLanes(Words{} + (pair & 0xffff0000u)) * AsLanes(of_outputs & kUpper);
#endif
}

// By vectors: eight rows against 32 outputs.
void MultiplyLanes(const Operands* operands, int count, int64_t deep, float* y) {
  constexpr int64_t kRows = 8;
  for (int64_t row = 0; row < 2 * kTile; row += kRows) {
    Lanes sums[kRows][2] = {};
    for (int i = 0; i < count; i++) {
      const Tile *rows = operands[i].rows[row / kTile], *left = operands[i].outputs[0], *right = operands[i].outputs[1];
      for (int64_t pair = 0; pair < deep * kTile; pair++) {
        const int64_t tile = pair / kTile, line = pair % kTile;
        Words of_outputs[2];
        std::memcpy(&of_outputs[0], left[tile].values + line * kTileDepth, sizeof of_outputs[0]);
        std::memcpy(&of_outputs[1], right[tile].values + line * kTileDepth, sizeof of_outputs[1]);
        for (int64_t r = 0; r < kRows; r++) {
          uint32_t own;
          std::memcpy(&own, rows[tile].values + (row % kTile + r) * kTileDepth + 2 * line, sizeof own);
          for (int half = 0; half < 2; half++) sums[r][half] = AddPairs(sums[r][half], own, of_outputs[half]);
        }
      }
    }
    for (int64_t r = 0; r < kRows; r++) {
      for (int half = 0; half < 2; half++) std::memcpy(y + (row + r) * 2 * kTile + half * kTile, &sums[r][half], sizeof sums[r][half]);
    }
  }
}

#if defined(STANSCOPE_AMX)
// Linux gives the tiles' registers to a process that asks for them.
bool MayUseTiles() {
  constexpr int kRequest = 0x1023, kTileData = 18;
  static const bool may = syscall(SYS_arch_prctl, kRequest, kTileData) == 0;
  return may;
}

// Eight tiles of 16 lines of 64 bytes.
struct alignas(64) TileConfiguration {
  uint8_t palette = 1, start = 0, reserved[14] = {};
  uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t lines[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

void MultiplyTiles(const Operands* operands, int count, int64_t deep, float* y, int64_t stride, bool adds) {
  const int64_t bytes = stride * sizeof(float);
  if (adds) {
    _tile_loadd(0, y, bytes);
    _tile_loadd(1, y + kTile, bytes);
    _tile_loadd(2, y + kTile * stride, bytes);
    _tile_loadd(3, y + kTile * stride + kTile, bytes);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int i = 0; i < count; i++) {
    const auto& [rows, outputs] = operands[i];
    for (int64_t d = 0; d < deep; d++) {
      _tile_loadd(6, outputs[0] + d, 64);
      _tile_loadd(4, rows[0] + d, 64);
      _tile_dpbf16ps(0, 4, 6);
      _tile_loadd(7, outputs[1] + d, 64);
      _tile_dpbf16ps(1, 4, 7);
      _tile_loadd(5, rows[1] + d, 64);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  }
  _tile_stored(0, y, bytes);
  _tile_stored(1, y + kTile, bytes);
  _tile_stored(2, y + kTile * stride, bytes);
  _tile_stored(3, y + kTile * stride + kTile, bytes);
}
#endif

}  // namespace

void LayRows(const float* x, int64_t stride, int64_t rows, int64_t depth, Part part, int64_t deep, Tile* tiles) {
  // Row by row, as they lie in memory: the processor then foresees what is read next.
  for (int64_t r = 0; r < kTile; r++) {
    for (int64_t d = 0; d < deep; d++) {
      Put(tiles + d, r, r < rows ? LoadPairs(x + r * stride + d * kTileDepth, depth - d * kTileDepth, part) : Words{});
    }
  }
}

void LayTurned(const uint16_t* w, int64_t stride, int64_t outputs, int64_t depth, Part part, Tile* tile) {
  Turn(w, stride, outputs, depth, part, tile);
}

void LayTurned(const float* w, int64_t stride, int64_t outputs, int64_t depth, Part part, Tile* tile) {
  Turn(w, stride, outputs, depth, part, tile);
}

void LayPaired(const uint16_t* w, int64_t stride, int64_t depth, int64_t outputs, Tile* tile) {
  for (int64_t pair = 0; pair < kTile; pair++) {
    // The next tile along the depth: its rows are too far apart for the processor to foresee.
    __builtin_prefetch(w + (2 * pair + kTileDepth) * stride);
    __builtin_prefetch(w + (2 * pair + 1 + kTileDepth) * stride);
    const Words even = 2 * pair < depth ? LoadUpper(w + 2 * pair * stride, outputs) : Words{};
    const Words odd = 2 * pair + 1 < depth ? LoadUpper(w + (2 * pair + 1) * stride, outputs) : Words{};
    Put(tile, pair, even >> 16 | odd);
  }
}

#if defined(STANSCOPE_AMX)
TileUnit::TileUnit() {
  static const TileConfiguration configuration;
  if (MayUseTiles()) _tile_loadconfig(&configuration);
}

TileUnit::~TileUnit() {
  if (MayUseTiles()) _tile_release();
}
#else
TileUnit::TileUnit() {}
TileUnit::~TileUnit() {}
#endif

void TileUnit::Multiply(const Operands* operands, int count, int64_t deep, const Corner& corner, bool adds) const {
#if defined(STANSCOPE_AMX)
  if (MayUseTiles() && corner.rows >= 2 * kTile && corner.columns >= 2 * kTile) {
    return MultiplyTiles(operands, count, deep, corner.y, corner.stride, adds);
  }
#endif
  alignas(64) float sums[4 * kTile * kTile];
#if defined(STANSCOPE_AMX)
  if (MayUseTiles()) {
    MultiplyTiles(operands, count, deep, sums, 2 * kTile, false);
    return Write(sums, 2 * kTile, corner, adds);
  }
#endif
  MultiplyLanes(operands, count, deep, sums);
  Write(sums, 2 * kTile, corner, adds);
}

}  // namespace stanscope
