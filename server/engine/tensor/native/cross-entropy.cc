#include "ordered-lanes.h"

namespace stanscope {
namespace {

// y = exp(x - top); the sum of all. Sixteen sums of a run each, and the runs in double: a vocabulary has many small terms.
double ExponentialsOf(const float* x, float top, int64_t n, float* y) {
  constexpr int64_t kRun = 2048;
  double sum = 0.;
  for (int64_t from = 0; from < n; from += kRun) {
    const int64_t end = std::min(n, from + kRun);
    Lanes sums = {};
    int64_t i = from;
    for (; i + kLanes <= end; i += kLanes) {
      const Lanes power = ExpLanes(Load(x + i) - top);
      Store(y + i, power);
      sums += power;
    }
    if (i < end) {
      Lanes rest = {};
      const Lanes powers = ExpLanes(LoadPart(x + i, end - i) - top);
      std::memcpy(&rest, &powers, (end - i) * sizeof(float));
      std::memcpy(y + i, &powers, (end - i) * sizeof(float));
      sums += rest;
    }
    sum += Sum(sums);
  }
  return sum;
}

// logits (n, vocab), labels (n) -> -log softmax(logits)[label] (n), and its gradient by the logits of its row (n, vocab); NaN for a label that is not there
void CrossEntropy(void*, TF_OpKernelContext* context) {
  Input logits(context, 0), labels(context, 1);
  const int64_t n = logits.dim(0), vocab = logits.dim(1);
  float *losses = FloatOutput(context, 0, {n}), *gradients = FloatOutput(context, 1, {n, vocab});
  const float* rows = logits.data();
  const int32_t* label = labels.data<int32_t>();
  Split(n, 1, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float *x = rows + row * vocab, top = Largest(x, vocab);
      float* y = gradients + row * vocab;
      const double sum = ExponentialsOf(x, top, vocab, y);
      const float share = static_cast<float>(1. / sum);
      for (int64_t i = 0; i < vocab; i++) y[i] *= share;
      const bool is_there = label[row] >= 0 && label[row] < vocab;
      losses[row] = is_there ? static_cast<float>(std::log(sum) + top - x[label[row]]) : NAN;
      if (is_there) y[label[row]] -= 1.f;
    }
  });
}

const Register cross_entropy("StanscopeCrossEntropy", {"logits: float", "labels: int32"}, {"losses: float", "gradients: float"}, CrossEntropy);

}  // namespace
}  // namespace stanscope
