#include "kernel-support.h"
#include "rows.h"

namespace stanscope {
namespace {

constexpr int64_t kGrain = 16384;

// Cephes' tanhf, without branches: small arguments keep their digits, which 1 - 2 / (1 + exp(2 x)) would lose.
inline float Tanh(float x) {
  const float square = x * x;
  float p = -5.70498872745e-3f;
  p = p * square + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  const float near = p * square * x + x, far = 1.f - 2.f / (1.f + Exp(2.f * std::fabs(x)));
  return std::fabs(x) < 0.625f ? near : std::copysign(far, x);
}

__attribute__((noinline)) void SoftCapBlock(const float* x, float cap, float* y) {
  for (int64_t i = 0; i < kLanes; i++) y[i] = cap * Tanh(x[i] / cap);
}

// x, cap () -> cap * tanh(x / cap)
void SoftCap(void*, TF_OpKernelContext* context) {
  Input input(context, 0), bound(context, 1);
  float* y = FloatOutput(context, 0, input.shape());
  const float *x = input.data(), cap = *bound.data();
  Split(input.size(), kGrain, [=](int64_t from, int64_t to) { SoftCapRow(x + from, cap, to - from, y + from); });
}

// y, what SoftCap gave, cap (), dy -> the gradient of SoftCap by x: dy * (1 - (y / cap)^2)
void SoftCapGrad(void*, TF_OpKernelContext* context) {
  Input capped(context, 0), bound(context, 1), gradient(context, 2);
  float* dx = FloatOutput(context, 0, capped.shape());
  const float *y = capped.data(), *dy = gradient.data(), inverse = 1.f / *bound.data();
  Split(capped.size(), kGrain, [=](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) {
      const float bent = y[i] * inverse;
      dx[i] = dy[i] * (1.f - bent * bent);
    }
  });
}

const Register soft_cap("StanscopeSoftCap", {"x: float", "cap: float"}, {"y: float"}, SoftCap);
const Register soft_cap_grad("StanscopeSoftCapGrad", {"y: float", "cap: float", "dy: float"}, {"dx: float"}, SoftCapGrad);

}  // namespace

// Sixteen at a time always, the last ones filled up, so that a number does not depend on where it stands.
void SoftCapRow(const float* x, float cap, int64_t n, float* y) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) SoftCapBlock(x + i, cap, y + i);
  if (i == n) return;
  float rest[kLanes] = {};
  std::copy(x + i, x + n, rest);
  SoftCapBlock(rest, cap, rest);
  std::copy_n(rest, n - i, y + i);
}

}  // namespace stanscope
