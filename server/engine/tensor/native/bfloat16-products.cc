// Products of many rows in bfloat16 with sums in float. Both sides are laid out as tiles that Intel's matrix extension (AMX) multiplies; other processors
// compute on the same tiles with vectors. A product is exact, sums round as floats do, and a row's values do not depend on the rows around it.
#include "bfloat16-tiles.h"
#include "kernel-support.h"

namespace stanscope {
namespace {

constexpr int64_t kBlockRows = 1024;   // rows of x that are laid out at a time
constexpr int64_t kBlockDepth = 512;   // of their values: such a block stays in the second cache
constexpr int64_t kPanel = 2 * kTile;  // outputs that are laid out at a time

int64_t Tiles(int64_t n, int64_t each) { return (n + each - 1) / each; }

// w (outputs, depth), whose rows are multiplied with those of x
template <class Weight>
struct ByRow {
  const Weight* w;
  int64_t outputs, depth;
  void Lay(int64_t output, int64_t from, Part part, Tile* tile) const {
    LayTurned(w + output * depth + from, depth, outputs - output, depth - from, part, tile);
  }
};

// w (depth, outputs), whose columns are multiplied with the rows of x
struct ByColumn {
  const uint16_t* w;
  int64_t outputs, depth;
  void Lay(int64_t output, int64_t from, Part, Tile* tile) const {
    LayPaired(w + from * outputs + output, outputs, depth - from, outputs - output, tile);
  }
};

// Each part of x is multiplied with the part of w beside it.
constexpr Part kWhole[1][2] = {{Part::kHigh, Part::kHigh}};
// Two bfloat16 hold the upper 16 bits of a float's 24: all but the smallest of the four products.
constexpr Part kSplit[3][2] = {{Part::kHigh, Part::kHigh}, {Part::kHigh, Part::kLow}, {Part::kLow, Part::kHigh}};

// The tiles of one block of x or one panel of w, by part.
class Laid {
 public:
  void Resize(int64_t strips, int64_t deep, bool has_low) {
    count_ = strips * deep;
    deep_ = deep;
    tiles_.resize(count_ * (has_low ? 2 : 1));
  }
  Tile* strip(int64_t strip, Part part) { return tiles_.data() + (part == Part::kLow ? count_ : 0) + strip * deep_; }

 private:
  int64_t count_ = 0, deep_ = 0;
  std::vector<Tile> tiles_;
};

// Some tiles along the depth.
struct Cut {
  int64_t from;  // its first value
  int64_t deep;  // in tiles
};

Cut CutAt(int64_t cut, int64_t cuts, int64_t depth) {
  const int64_t all = Tiles(depth, kTileDepth), begin = all * cut / cuts;
  return {begin * kTileDepth, all * (cut + 1) / cuts - begin};
}

// Calls lay(part) for each part that is multiplied.
template <class Lay>
void EachPart(bool has_low, const Lay& lay) {
  lay(Part::kHigh);
  if (has_low) lay(Part::kLow);
}

void LayStrip(const float* x, int64_t rows, int64_t depth, const Cut& cut, int64_t strip, bool has_low, Laid* block) {
  const int64_t row = strip * kTile;
  EachPart(has_low, [&](Part part) {
    LayRows(x + row * depth + cut.from, depth, rows - row, depth - cut.from, part, cut.deep, block->strip(strip, part));
  });
}

template <class Weights>
void LayPanel(const Weights& w, int64_t output, const Cut& cut, bool has_low, Laid* panel) {
  panel->Resize(2, cut.deep, has_low);
  for (int64_t half = 0; half < 2; half++) {
    for (int64_t d = 0; d < cut.deep; d++) {
      const int64_t i = cut.from + d * kTileDepth;
      EachPart(has_low, [&](Part part) { w.Lay(output + half * kTile, i, part, panel->strip(half, part) + d); });
    }
  }
}

// A block of x times one panel; y is the corner where the first row meets the panel's first output.
template <int kProducts>
void MultiplyPanel(Laid* block, Laid* panel, const Part (&parts)[kProducts][2], int64_t strips, int64_t deep, const Corner& y, bool adds,
                   const TileUnit& unit) {
  for (int64_t s = 0; s < strips; s += 2) {
    const int64_t second = std::min(s + 1, strips - 1), row = s * kTile;
    Operands operands[kProducts];
    for (int i = 0; i < kProducts; i++) {
      const auto [of_x, of_w] = parts[i];
      operands[i] = {{block->strip(s, of_x), block->strip(second, of_x)}, {panel->strip(0, of_w), panel->strip(1, of_w)}};
    }
    unit.Multiply(operands, kProducts, deep, {y.y + row * y.stride, y.stride, y.rows - row, y.columns}, adds);
  }
}

// x (rows, depth) float times w -> y (rows, outputs)
template <int kProducts, class Weights>
void Multiply(const float* x, int64_t rows, const Weights& w, const Part (&parts)[kProducts][2], float* y) {
  static Laid block;
  constexpr bool kHasLow = kProducts > 1;
  const int64_t depth = w.depth, outputs = w.outputs, cuts = Tiles(depth, kBlockDepth);
  for (int64_t row = 0; row < rows; row += kBlockRows) {
    const int64_t left = rows - row, strips = Tiles(std::min(kBlockRows, left), kTile);
    for (int64_t c = 0; c < cuts; c++) {
      const Cut cut = CutAt(c, cuts, depth);
      block.Resize(strips, cut.deep, kHasLow);
      Split(strips, 4, [&](int64_t begin, int64_t end) {
        for (int64_t s = begin; s < end; s++) LayStrip(x + row * depth, left, depth, cut, s, kHasLow, &block);
      });
      Split(Tiles(outputs, kPanel), 1, [&](int64_t begin, int64_t end) {
        thread_local Laid panel;
        const TileUnit unit;
        for (int64_t output = begin * kPanel; output < std::min(outputs, end * kPanel); output += kPanel) {
          LayPanel(w, output, cut, kHasLow, &panel);
          MultiplyPanel(&block, &panel, parts, strips, cut.deep, {y + row * outputs + output, outputs, left, outputs - output}, c > 0, unit);
        }
      });
    }
  }
}

// x (n, d) float, w (outputs, d) bfloat16 -> x w^T, x rounded to bfloat16
void Product(void*, TF_OpKernelContext* context) {
  Input x(context, 0), w(context, 1);
  const int64_t rows = x.dim(0), outputs = w.dim(0);
  Multiply(x.data(), rows, ByRow<uint16_t>{w.data<uint16_t>(), outputs, x.dim(1)}, kWhole, FloatOutput(context, 0, {rows, outputs}));
}

// dy (n, outputs) float, w (outputs, d) bfloat16 -> dy w, dy rounded to bfloat16
void InputGrad(void*, TF_OpKernelContext* context) {
  Input dy(context, 0), w(context, 1);
  const int64_t rows = dy.dim(0), d = w.dim(1);
  Multiply(dy.data(), rows, ByColumn{w.data<uint16_t>(), d, dy.dim(1)}, kWhole, FloatOutput(context, 0, {rows, d}));
}

// x (n, d), w (outputs, d), both float and each split into two bfloat16 -> x w^T to about 2^-16 of |x| |w|
void SplitProduct(void*, TF_OpKernelContext* context) {
  Input x(context, 0), w(context, 1);
  const int64_t rows = x.dim(0), outputs = w.dim(0);
  Multiply(x.data(), rows, ByRow<float>{w.data(), outputs, x.dim(1)}, kSplit, FloatOutput(context, 0, {rows, outputs}));
}

const Register product("StanscopeProductBfloat16", {"x: float", "w: bfloat16"}, {"y: float"}, Product);
const Register input_grad("StanscopeInputGradBfloat16", {"dy: float", "w: bfloat16"}, {"dx: float"}, InputGrad);
const Register split_product("StanscopeSplitProduct", {"x: float", "w: float"}, {"y: float"}, SplitProduct);

}  // namespace
}  // namespace stanscope
