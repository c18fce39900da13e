#include "kernel-support.h"
#include "rows.h"

namespace stanscope {
namespace {

constexpr int64_t kGrain = 16384;

// Sixteen at a time always, the last ones filled up: the compiler divides vectors otherwise than single numbers, and a number
// must not depend on where it stands.
template <class Block>
inline void ByBlocks(int64_t n, const float* a, const float* b, float* y, Block block) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) block(a + i, b + i, y + i);
  if (i == n) return;
  float rest[3][kLanes] = {};
  std::copy(a + i, a + n, rest[0]);
  std::copy(b + i, b + n, rest[1]);
  block(rest[0], rest[1], rest[2]);
  std::copy_n(rest[2], n - i, y + i);
}

__attribute__((noinline)) void SiluMulBlock(const float* g, const float* u, float* y) {
  for (int64_t i = 0; i < kLanes; i++) y[i] = g[i] * Sigmoid(g[i]) * u[i];
}

// gate, up -> silu(gate) * up
void SiluMul(void*, TF_OpKernelContext* context) {
  Input gate(context, 0), up(context, 1);
  float* y = FloatOutput(context, 0, gate.shape());
  const float *g = gate.data(), *u = up.data();
  Split(gate.size(), kGrain, [=](int64_t from, int64_t to) { SiluMulRow(g + from, u + from, to - from, y + from); });
}

// gate, up, dy -> the gradients of SiluMul by gate and up
void SiluMulGrad(void*, TF_OpKernelContext* context) {
  Input gate(context, 0), up(context, 1), gradient(context, 2);
  float* d_gate = FloatOutput(context, 0, gate.shape());
  float* d_up = FloatOutput(context, 1, gate.shape());
  const float *g = gate.data(), *u = up.data(), *dy = gradient.data();
  Split(gate.size(), kGrain, [=](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) {
      const float s = Sigmoid(g[i]), active = g[i] * s;
      d_up[i] = dy[i] * active;
      d_gate[i] = dy[i] * u[i] * (s + active * (1.f - s));
    }
  });
}

constexpr float kRoot2OverPi = 0.7978845608f;
constexpr float kCubic = 0.044715f;

inline float Tanh(float x) { return 1.f - 2.f / (1.f + Exp(2.f * x)); }

__attribute__((noinline)) void GeluTanhBlock(const float* x, const float*, float* y) {
  for (int64_t i = 0; i < kLanes; i++) {
    const float bent = Tanh(kRoot2OverPi * x[i] * (1.f + kCubic * x[i] * x[i]));
    y[i] = 0.5f * x[i] * (1.f + bent);
  }
}

// x -> GELU in its tanh form
void GeluTanh(void*, TF_OpKernelContext* context) {
  Input input(context, 0);
  float* y = FloatOutput(context, 0, input.shape());
  const float* x = input.data();
  Split(input.size(), kGrain, [=](int64_t from, int64_t to) { ByBlocks(to - from, x + from, x + from, y + from, GeluTanhBlock); });
}

__attribute__((noinline)) void GeluTanhMulBlock(const float* g, const float* u, float* y) {
  for (int64_t i = 0; i < kLanes; i++) {
    const float bent = Tanh(kRoot2OverPi * g[i] * (1.f + kCubic * g[i] * g[i]));
    y[i] = 0.5f * g[i] * (1.f + bent) * u[i];
  }
}

// gate, up -> GeluTanh(gate) * up
void GeluTanhMul(void*, TF_OpKernelContext* context) {
  Input gate(context, 0), up(context, 1);
  float* y = FloatOutput(context, 0, gate.shape());
  const float *g = gate.data(), *u = up.data();
  Split(gate.size(), kGrain, [=](int64_t from, int64_t to) { GeluTanhMulRow(g + from, u + from, to - from, y + from); });
}

// gate, up, dy -> the gradients of GeluTanhMul by gate and up
void GeluTanhMulGrad(void*, TF_OpKernelContext* context) {
  Input gate(context, 0), up(context, 1), gradient(context, 2);
  float* d_gate = FloatOutput(context, 0, gate.shape());
  float* d_up = FloatOutput(context, 1, gate.shape());
  const float *g = gate.data(), *u = up.data(), *dy = gradient.data();
  Split(gate.size(), kGrain, [=](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) {
      const float bent = Tanh(kRoot2OverPi * g[i] * (1.f + kCubic * g[i] * g[i])), half = 0.5f * (1.f + bent);
      const float inner = kRoot2OverPi * (1.f + 3.f * kCubic * g[i] * g[i]);
      d_up[i] = dy[i] * g[i] * half;
      d_gate[i] = dy[i] * u[i] * (half + 0.5f * g[i] * (1.f - bent * bent) * inner);
    }
  });
}

// x, dy -> the gradient of GeluTanh by x
void GeluTanhGrad(void*, TF_OpKernelContext* context) {
  Input input(context, 0), gradient(context, 1);
  float* dx = FloatOutput(context, 0, input.shape());
  const float *x = input.data(), *dy = gradient.data();
  Split(input.size(), kGrain, [=](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) {
      const float bent = Tanh(kRoot2OverPi * x[i] * (1.f + kCubic * x[i] * x[i]));
      const float inner = kRoot2OverPi * (1.f + 3.f * kCubic * x[i] * x[i]);
      dx[i] = dy[i] * (0.5f * (1.f + bent) + 0.5f * x[i] * (1.f - bent * bent) * inner);
    }
  });
}

constexpr float kRootHalf = 0.7071067812f;
constexpr float kNormal = 0.3989422804f;
// Farther out than so many standard deviations nothing of the tail is left in float; Exp does not reach 0.
constexpr float kFarthest = 13.f;

// The normal distribution function, half of erfc(-x / sqrt 2): the fit of Press et al., Numerical Recipes, 2nd edition, 6.2, to 1.2e-7.
inline float NormalBelow(float x) {
  const float z = std::fabs(x) * kRootHalf, t = 1.f / (1.f + 0.5f * z);
  float sum = 0.17087277f;
  for (float factor : {-0.82215223f, 1.48851587f, -1.13520398f, 0.27886807f, -0.18628806f, 0.09678418f, 0.37409196f, 1.00002368f})
    sum = factor + t * sum;
  const float half_tail = std::fabs(x) > kFarthest ? 0.f : 0.5f * t * Exp(-z * z - 1.26551223f + t * sum);
  return x < 0.f ? half_tail : 1.f - half_tail;
}

inline float NormalDensity(float x) { return std::fabs(x) > kFarthest ? 0.f : kNormal * Exp(-0.5f * x * x); }

__attribute__((noinline)) void GeluBlock(const float* x, const float*, float* y) {
  for (int64_t i = 0; i < kLanes; i++) y[i] = x[i] * NormalBelow(x[i]);
}

__attribute__((noinline)) void GeluGradBlock(const float* x, const float* dy, float* dx) {
  for (int64_t i = 0; i < kLanes; i++) dx[i] = dy[i] * (NormalBelow(x[i]) + x[i] * NormalDensity(x[i]));
}

// x -> GELU by its definition
void Gelu(void*, TF_OpKernelContext* context) {
  Input input(context, 0);
  float* y = FloatOutput(context, 0, input.shape());
  const float* x = input.data();
  Split(input.size(), kGrain, [=](int64_t from, int64_t to) { ByBlocks(to - from, x + from, x + from, y + from, GeluBlock); });
}

// x, dy -> the gradient of Gelu by x
void GeluGrad(void*, TF_OpKernelContext* context) {
  Input input(context, 0), gradient(context, 1);
  float* dx = FloatOutput(context, 0, input.shape());
  const float *x = input.data(), *dy = gradient.data();
  Split(input.size(), kGrain, [=](int64_t from, int64_t to) { ByBlocks(to - from, x + from, dy + from, dx + from, GeluGradBlock); });
}

const Register silu_mul("StanscopeSiluMul", {"gate: float", "up: float"}, {"y: float"}, SiluMul);
const Register silu_mul_grad("StanscopeSiluMulGrad", {"gate: float", "up: float", "dy: float"}, {"d_gate: float", "d_up: float"},
                             SiluMulGrad);
const Register gelu_tanh("StanscopeGeluTanh", {"x: float"}, {"y: float"}, GeluTanh);
const Register gelu_tanh_grad("StanscopeGeluTanhGrad", {"x: float", "dy: float"}, {"dx: float"}, GeluTanhGrad);
const Register gelu_tanh_mul("StanscopeGeluTanhMul", {"gate: float", "up: float"}, {"y: float"}, GeluTanhMul);
const Register gelu_tanh_mul_grad("StanscopeGeluTanhMulGrad", {"gate: float", "up: float", "dy: float"},
                                  {"d_gate: float", "d_up: float"}, GeluTanhMulGrad);
const Register gelu("StanscopeGelu", {"x: float"}, {"y: float"}, Gelu);
const Register gelu_grad("StanscopeGeluGrad", {"x: float", "dy: float"}, {"dx: float"}, GeluGrad);

}  // namespace

void SiluMulRow(const float* gate, const float* up, int64_t n, float* y) { ByBlocks(n, gate, up, y, SiluMulBlock); }

void GeluTanhMulRow(const float* gate, const float* up, int64_t n, float* y) { ByBlocks(n, gate, up, y, GeluTanhMulBlock); }

}  // namespace stanscope
