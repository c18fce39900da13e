// LoRA's update of many rows and its gradients: products with a side as narrow as the rank, which a general product computes at a fraction of its speed.
#include "flash-tiles.h"
#include "kernel-support.h"

namespace stanscope {
namespace {

constexpr int64_t kFewest = 64;  // rows of a chunk, at least
constexpr int64_t kChunks = 16;  // of which gradients are summed, at most: however many threads there are, the sums are the same

int64_t RoundUp(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

// Rows are taken kBlockRows at a time, and a row in whole lanes.
int64_t Wide(int64_t n) { return RoundUp(n, kLanes); }

// w (rows, d) with zeros behind each row: itself where there are none to add
class Widened {
 public:
  Widened(const float* w, int64_t rows, int64_t d) : stride_(Wide(d)), values_(w) {
    if (stride_ == d) return;
    held_.assign(rows * stride_, 0.f);
    for (int64_t row = 0; row < rows; row++) std::copy_n(w + row * d, d, held_.data() + row * stride_);
    values_ = held_.data();
  }
  const float* data() const { return values_; }
  int64_t stride() const { return stride_; }

 private:
  int64_t stride_;
  std::vector<float> held_;
  const float* values_;
};

// w (rows, d) turned: (d, rows), zeros behind each row
std::vector<float> Turned(const float* w, int64_t rows, int64_t d) {
  const int64_t wide = Wide(rows);
  std::vector<float> turned(d * wide, 0.f);
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t i = 0; i < d; i++) turned[i * wide + row] = w[row * d + i];
  }
  return turned;
}

// y (kBlockRows, wide) = factor * a block of x (rows, d) times w (d, wide); rows past the last are 0
void NarrowBlock(const float* x, int64_t rows, int64_t d, const float* w, int64_t wide, float factor, float* y) {
  thread_local std::vector<float> last;
  if (rows < kBlockRows) {
    last.assign(kBlockRows * d, 0.f);
    std::copy_n(x, rows * d, last.data());
    x = last.data();
  }
  Product(x, d, 1, w, wide, d, y, wide, wide / kLanes, false);
  for (int64_t i = 0; i < kBlockRows * wide; i++) y[i] *= factor;
}

// x (n, dIn), base (n, dOut), A (rank, dIn), B (dOut, rank), scaling () -> base + low B^T, and low = scaling x A^T (n, rank)
void LoraUpdate(void*, TF_OpKernelContext* context) {
  Input input(context, 0), base(context, 1), a(context, 2), b(context, 3), scaling(context, 4);
  const int64_t n = input.dim(0), d_in = input.dim(1), d_out = base.dim(1), rank = a.dim(0), narrow = Wide(rank), wide = Wide(d_out);
  float *y = FloatOutput(context, 0, base.shape()), *low = FloatOutput(context, 1, {n, rank});
  const float *x = input.data(), *bases = base.data(), factor = *scaling.data();
  const std::vector<float> reads = Turned(a.data(), rank, d_in), turned = Turned(b.data(), d_out, rank);
  Split((n + kBlockRows - 1) / kBlockRows, 2, [&](int64_t begin, int64_t end) {
    std::vector<float> lows(kBlockRows * narrow), update(kBlockRows * wide);
    for (int64_t row = begin * kBlockRows; row < std::min(n, end * kBlockRows); row += kBlockRows) {
      const int64_t rows = std::min(n - row, kBlockRows);
      NarrowBlock(x + row * d_in, rows, d_in, reads.data(), narrow, factor, lows.data());
      Product(lows.data(), narrow, 1, turned.data(), wide, rank, update.data(), wide, wide / kLanes, false);
      for (int64_t r = 0; r < rows; r++) {
        const int64_t at = (row + r) * d_out;
        std::copy_n(lows.data() + r * narrow, rank, low + (row + r) * rank);
        for (int64_t i = 0; i < d_out; i++) y[at + i] = bases[at + i] + update[r * wide + i];
      }
    }
  });
}

// parts (narrow, wide) = low^T x of some rows: low (rows, narrow), x (rows, d)
void OuterSum(const float* low, int64_t narrow, const float* x, int64_t rows, int64_t d, float* part) {
  const Widened values(x, rows, d);
  const int64_t wide = values.stride();
  for (int64_t r = 0; r < narrow; r += kBlockRows) {
    Product(low + r, 1, narrow, values.data(), wide, rows, part + r * wide, wide, wide / kLanes, false);
  }
}

// The sum of parts of which each is (narrow, wide), in their order, as the first entry of them.
void SumParts(float* parts, int64_t count, int64_t size) {
  Split(size, 1 << 12, [=](int64_t from, int64_t to) {
    for (int64_t part = 1; part < count; part++) {
      const float* more = parts + part * size;
      for (int64_t i = from; i < to; i++) parts[i] += more[i];
    }
  });
}

// x (n, dIn), dy (n, dOut), A, B, low (n, rank) as LoraUpdate gave it, scaling (), whether x's gradient is needed
// -> the gradients of A (rank, dIn) and B (dOut, rank), and of x; empty where not needed
void LoraGrad(void*, TF_OpKernelContext* context) {
  Input input(context, 0), gradient(context, 1), a(context, 2), b(context, 3), lows(context, 4), scaling(context, 5), wanted(context, 6);
  const int64_t n = input.dim(0), d_in = input.dim(1), d_out = gradient.dim(1), rank = a.dim(0), narrow = Wide(rank);
  const int64_t wide_in = Wide(d_in), wide_out = Wide(d_out);
  const bool needs_input = *wanted.data<int32_t>() != 0;
  float *da = FloatOutput(context, 0, a.shape()), *db = FloatOutput(context, 1, b.shape());
  float* dx = FloatOutput(context, 2, needs_input ? input.shape() : Shape{0});
  const float *x = input.data(), *dy = gradient.data(), factor = *scaling.data();
  const Widened writes(b.data(), d_out, rank), reads(a.data(), rank, d_in);
  const int64_t chunk = std::max(kFewest, RoundUp((n + kChunks - 1) / kChunks, kFewest)), chunks = (n + chunk - 1) / chunk;
  std::vector<float> of_a(chunks * narrow * wide_in), of_b(chunks * narrow * wide_out);
  Split(chunks, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> d_low(chunk * narrow), update(kBlockRows * wide_in);
    for (int64_t c = begin; c < end; c++) {
      const int64_t from = c * chunk, count = std::min(chunk, n - from);
      for (int64_t r = 0; r < count; r += kBlockRows) {
        const int64_t rows = std::min(count - r, kBlockRows);
        float* own = d_low.data() + r * narrow;
        NarrowBlock(dy + (from + r) * d_out, rows, d_out, writes.data(), narrow, factor, own);
        if (!needs_input) continue;
        Product(own, narrow, 1, reads.data(), wide_in, rank, update.data(), wide_in, wide_in / kLanes, false);
        for (int64_t i = 0; i < rows; i++) std::copy_n(update.data() + i * wide_in, d_in, dx + (from + r + i) * d_in);
      }
      OuterSum(d_low.data(), narrow, x + from * d_in, count, d_in, of_a.data() + c * narrow * wide_in);
      const Widened low(lows.data() + from * rank, count, rank);
      OuterSum(low.data(), narrow, dy + from * d_out, count, d_out, of_b.data() + c * narrow * wide_out);
    }
  });
  SumParts(of_a.data(), chunks, narrow * wide_in);
  SumParts(of_b.data(), chunks, narrow * wide_out);
  for (int64_t r = 0; r < rank; r++) {
    std::copy_n(of_a.data() + r * wide_in, d_in, da + r * d_in);
    for (int64_t i = 0; i < d_out; i++) db[i * rank + r] = of_b[r * wide_out + i];
  }
}

const Register lora_update("StanscopeLoraUpdate", {"x: float", "base: float", "a: float", "b: float", "scaling: float"},
                           {"y: float", "low: float"}, LoraUpdate);
const Register lora_grad("StanscopeLoraGrad",
                         {"x: float", "dy: float", "a: float", "b: float", "low: float", "scaling: float", "needs_input: int32"},
                         {"da: float", "db: float", "dx: float"}, LoraGrad);

}  // namespace
}  // namespace stanscope
