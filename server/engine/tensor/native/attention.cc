#include "kernel-support.h"
#include "rows.h"

namespace stanscope {
namespace {

constexpr int64_t kGrain = 16;

// p, dp (…, C) -> p (dp - sum(p dp)), the gradient of a softmax by its scores
void SoftmaxGrad(void*, TF_OpKernelContext* context) {
  Input weights(context, 0), gradient(context, 1);
  const int64_t columns = weights.width();
  float* output = FloatOutput(context, 0, weights.shape());
  const float *p = weights.data(), *dp = gradient.data();
  Split(weights.rows(), kGrain, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float *q = p + row * columns, *dq = dp + row * columns;
      float* out = output + row * columns;
      const float mean = Dot(q, dq, columns);
      for (int64_t i = 0; i < columns; i++) out[i] = q[i] * (dq[i] - mean);
    }
  });
}

// x (batch, tokens, heads, d); cos, sin (rows, 1, d), the sign of rotate-half in the first half of sin; sign 1, or -1 for
// the transpose. rows is tokens or batch * tokens.
void Rotary(void*, TF_OpKernelContext* context) {
  Input input(context, 0), cosines(context, 1), sines(context, 2), direction(context, 3);
  const int64_t heads = input.dim(2), d = input.dim(3), half = d / 2, rows = cosines.dim(0);
  float* output = FloatOutput(context, 0, input.shape());
  const float *data = input.data(), *cos_table = cosines.data(), *sin_table = sines.data(), sign = *direction.data();
  Split(input.dim(0) * input.dim(1), kGrain, [=](int64_t from, int64_t to) {
    for (int64_t token = from; token < to; token++) {
      const float *cos = cos_table + token % rows * d, *sin = sin_table + token % rows * d;
      for (int64_t head = token * heads; head < (token + 1) * heads; head++) {
        RotateHead(data + head * d, cos, sin, sign, half, output + head * d);
      }
    }
  });
}

const Register softmax_grad("StanscopeSoftmaxGrad", {"p: float", "dp: float"}, {"ds: float"}, SoftmaxGrad);
const Register rotary("StanscopeRotary", {"x: float", "cos: float", "sin: float", "sign: float"}, {"y: float"}, Rotary);
}  // namespace

// One head's rotation, `sin` with the sign of rotate-half in its first half.
__attribute__((noinline)) void RotateHead(const float* x, const float* cos, const float* sin, float sign, int64_t half, float* y) {
  for (int64_t i = 0; i < half; i++) {
    const float a = x[i], b = x[i + half], s = sin[i + half] * sign;
    y[i] = a * cos[i] - b * s;
    y[i + half] = b * cos[i] + a * s;
  }
}

}  // namespace stanscope
