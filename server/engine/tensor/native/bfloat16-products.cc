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

// x (rows, depth) float times w -> y (rows, outputs)
template <int kProducts, class Weights>
void Multiply(const float* x, int64_t rows, const Weights& w, const Part (&parts)[kProducts][2], float* y) {
  static Laid block;
  const bool has_low = kProducts > 1;
  const int64_t depth = w.depth, outputs = w.outputs, cuts = Tiles(depth, kBlockDepth);
  for (int64_t row = 0; row < rows; row += kBlockRows) {
    const int64_t strips = Tiles(std::min(kBlockRows, rows - row), kTile);
    for (int64_t cut = 0; cut < cuts; cut++) {
      const int64_t all = Tiles(depth, kTileDepth), from = all * cut / cuts * kTileDepth, deep = all * (cut + 1) / cuts - all * cut / cuts;
      block.Resize(strips, deep, has_low);
      Split(strips, 4, [&](int64_t begin, int64_t end) {
        for (int64_t s = begin; s < end; s++) {
          for (int64_t d = 0; d < deep; d++) {
            const int64_t at = row + s * kTile, i = from + d * kTileDepth;
            LayRows(x + at * depth + i, depth, rows - at, depth - i, Part::kHigh, block.strip(s, Part::kHigh) + d);
            if (has_low) LayRows(x + at * depth + i, depth, rows - at, depth - i, Part::kLow, block.strip(s, Part::kLow) + d);
          }
        }
      });
      Split(Tiles(outputs, kPanel), 1, [&](int64_t begin, int64_t end) {
        thread_local Laid panel;
        const TileUnit unit;
        panel.Resize(2, deep, has_low);
        for (int64_t p = begin; p < end; p++) {
          for (int64_t half = 0; half < 2; half++) {
            for (int64_t d = 0; d < deep; d++) {
              const int64_t output = p * kPanel + half * kTile, i = from + d * kTileDepth;
              w.Lay(output, i, Part::kHigh, panel.strip(half, Part::kHigh) + d);
              if (has_low) w.Lay(output, i, Part::kLow, panel.strip(half, Part::kLow) + d);
            }
          }
          for (int64_t s = 0; s < strips; s += 2) {
            Operands operands[kProducts];
            for (int i = 0; i < kProducts; i++) {
              const auto [of_x, of_w] = parts[i];
              const int64_t second = std::min(s + 1, strips - 1);
              operands[i] = {{block.strip(s, of_x), block.strip(second, of_x)}, {panel.strip(0, of_w), panel.strip(1, of_w)}};
            }
            const int64_t at = row + s * kTile, output = p * kPanel;
            const Corner corner = {y + at * outputs + output, outputs, rows - at, outputs - output};
            unit.Multiply(operands, kProducts, deep, corner, cut > 0);
          }
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
