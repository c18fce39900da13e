#include "kernel-support.h"
#include "rows.h"

namespace stanscope {
namespace {

// NaN ranks below everything, so that ordering stays an ordering.
inline float Rank(float x) { return x == x ? x : -INFINITY; }

// Finds the k largest of one row after another, reusing its memory.
class Selector {
 public:
  Selector(int64_t width, int64_t k) : width_(width), k_(k), places_(width + 1), ranks_(width) {
    while (group_ > 1 && (width % group_ != 0 || width / group_ < 2 * k)) group_ /= 2;
    best_.resize(width / group_);
  }

  // Writes the places of the k largest in ascending order; among equals the lower place wins.
  void Select(const float* row, int32_t* places) {
    int64_t found = Collect(row, Bound(row));
    if (found < k_) {  // a row of NaN
      found = width_;
      for (int64_t i = 0; i < width_; i++) places_[i] = static_cast<int32_t>(i);
    }
    for (int64_t i = 0; i < found; i++) ranks_[i] = Rank(row[places_[i]]);
    std::nth_element(ranks_.begin(), ranks_.begin() + (k_ - 1), ranks_.begin() + found, std::greater<float>());
    const float last = ranks_[k_ - 1];
    int64_t equals = k_;  // how many of those equal to the last are among the k
    for (int64_t i = 0; i < k_; i++) equals -= ranks_[i] > last;
    for (int64_t i = 0, kept = 0; kept < k_; i++) {
      const float rank = Rank(row[places_[i]]);
      if (rank > last || (rank == last && equals-- > 0)) places[kept++] = places_[i];
    }
  }

 private:
  // The k-th largest of the maxima of strided groups: at least k entries reach it, so the k largest do.
  float Bound(const float* row) {
    if (group_ == 1) return -INFINITY;
    const int64_t groups = width_ / group_;
    float* best = best_.data();
    std::fill(best, best + groups, -INFINITY);
    for (int64_t q = 0; q < group_; q++) {
      const float* part = row + q * groups;
      for (int64_t j = 0; j < groups; j++) best[j] = part[j] > best[j] ? part[j] : best[j];
    }
    std::nth_element(best_.begin(), best_.begin() + (k_ - 1), best_.end(), std::greater<float>());
    return best[k_ - 1];
  }

  // Lists the places of all entries that reach the bound, skipping blocks without any.
  int64_t Collect(const float* row, float bound) {
    int64_t found = 0;
    for (int64_t block = 0; block < width_; block += kBlock) {
      const int64_t end = std::min(width_, block + kBlock);
      int reached = 0;
      for (int64_t i = block; i < end; i++) reached |= row[i] >= bound;
      if (reached == 0) continue;
      for (int64_t i = block; i < end; i++) {
        places_[found] = static_cast<int32_t>(i);
        found += row[i] >= bound;
      }
    }
    return found;
  }

  static constexpr int64_t kBlock = 32;
  int64_t width_, k_, group_ = 64;
  std::vector<float> best_;
  std::vector<int32_t> places_;  // one more than there are, since a place is written before it is known to be wanted
  std::vector<float> ranks_;
};

// z (tokens, latents), k () -> values and indices (tokens, k) by ascending index
void TopK(void*, TF_OpKernelContext* context) {
  Input input(context, 0), count(context, 1);
  const int64_t tokens = input.dim(0), latents = input.dim(1), k = *count.data<int32_t>();
  float* values = FloatOutput(context, 0, {tokens, k});
  int32_t* indices = IntOutput(context, 1, {tokens, k});
  const float* z = input.data();
  Split(tokens, std::max<int64_t>(1, 8192 / latents), [=](int64_t from, int64_t to) {
    Selector selector(latents, k);
    for (int64_t t = from; t < to; t++) {
      const float* row = z + t * latents;
      selector.Select(row, indices + t * k);
      for (int64_t j = t * k; j < (t + 1) * k; j++) values[j] = row[indices[j]];
    }
  });
}

const Register top_k("StanscopeTopK", {"z: float", "k: int32"}, {"values: float", "indices: int32"}, TopK);

}  // namespace

void KeepLargest(const float* row, int64_t width, int64_t k, float* values, int32_t* places) {
  Selector(width, k).Select(row, places);
  for (int64_t j = 0; j < k; j++) values[j] = row[places[j]];
}

}  // namespace stanscope
