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

constexpr float kNormal = 0.3989422804f;
// Farther out than so many standard deviations nothing of the tail is left in float; Exp does not reach 0.
constexpr float kFarthest = 13.f;

// exp(-x^2 / 2), of which both the tail of the normal distribution and its density are made.
inline float Bell(float x) { return std::fabs(x) > kFarthest ? 0.f : Exp(-0.5f * x * x); }

// The normal distribution function. Its tail over Bell is a polynomial of t = 1 / (1 + 0.35 |x|), fitted by us to 3.2e-8 of its value up to kFarthest.
inline float NormalBelow(float x, float bell) {
  const float t = 1.f / (1.f + 0.35f * std::fabs(x));
  float sum = -0.0290951002f;
  for (float factor : {0.143719569f, -0.255182304f, 0.1585524f, -0.0226708537f, 0.105316936f, 0.119882759f, 0.139854749f, 0.139621828f})
    sum = factor + t * sum;
  const float tail = t * sum * bell;
  return x < 0.f ? tail : 1.f - tail;
}

__attribute__((noinline)) void GeluBlock(const float* x, const float*, float* y) {
  for (int64_t i = 0; i < kLanes; i++) y[i] = x[i] * NormalBelow(x[i], Bell(x[i]));
}

__attribute__((noinline)) void GeluGradBlock(const float* x, const float* dy, float* dx) {
  for (int64_t i = 0; i < kLanes; i++) {
    const float bell = Bell(x[i]);
    dx[i] = dy[i] * (NormalBelow(x[i], bell) + x[i] * kNormal * bell);
  }
}

// Calls of_row(x, from, n) on parts of the rows of x, each with its bias (d) added; a bias of another size than d stands for none.
template <class OfRow>
void WithBias(const Input& input, const Input& bias, OfRow of_row) {
  const int64_t d = input.width();
  const float *x = input.data(), *b = bias.data();
  if (bias.size() != d) {
    Split(input.size(), kGrain, [=](int64_t from, int64_t to) { of_row(x + from, from, to - from); });
    return;
  }
  Split(input.rows(), std::max<int64_t>(1, kGrain / d), [=](int64_t from, int64_t to) {
    thread_local std::vector<float> sum;
    sum.resize(d);
    for (int64_t row = from; row < to; row++) {
      for (int64_t i = 0; i < d; i++) sum[i] = x[row * d + i] + b[i];
      of_row(sum.data(), row * d, d);
    }
  });
}

// x (rows, d), bias (d) or none -> GELU of their sum, by its definition
void Gelu(void*, TF_OpKernelContext* context) {
  Input input(context, 0), bias(context, 1);
  float* y = FloatOutput(context, 0, input.shape());
  WithBias(input, bias, [=](const float* x, int64_t from, int64_t n) { ByBlocks(n, x, x, y + from, GeluBlock); });
}

// x (rows, d), bias (d) or none, dy -> the gradient of Gelu by x
void GeluGrad(void*, TF_OpKernelContext* context) {
  Input input(context, 0), bias(context, 1), gradient(context, 2);
  float* dx = FloatOutput(context, 0, input.shape());
  const float* dy = gradient.data();
  WithBias(input, bias, [=](const float* x, int64_t from, int64_t n) { ByBlocks(n, x, dy + from, dx + from, GeluGradBlock); });
}

const Register silu_mul("StanscopeSiluMul", {"gate: float", "up: float"}, {"y: float"}, SiluMul);
const Register silu_mul_grad("StanscopeSiluMulGrad", {"gate: float", "up: float", "dy: float"}, {"d_gate: float", "d_up: float"},
                             SiluMulGrad);
const Register gelu_tanh("StanscopeGeluTanh", {"x: float"}, {"y: float"}, GeluTanh);
const Register gelu_tanh_grad("StanscopeGeluTanhGrad", {"x: float", "dy: float"}, {"dx: float"}, GeluTanhGrad);
const Register gelu_tanh_mul("StanscopeGeluTanhMul", {"gate: float", "up: float"}, {"y: float"}, GeluTanhMul);
const Register gelu_tanh_mul_grad("StanscopeGeluTanhMulGrad", {"gate: float", "up: float", "dy: float"},
                                  {"d_gate: float", "d_up: float"}, GeluTanhMulGrad);
const Register gelu("StanscopeGelu", {"x: float", "bias: float"}, {"y: float"}, Gelu);
const Register gelu_grad("StanscopeGeluGrad", {"x: float", "bias: float", "dy: float"}, {"dx: float"}, GeluGrad);

}  // namespace

void SiluMulRow(const float* gate, const float* up, int64_t n, float* y) { ByBlocks(n, gate, up, y, SiluMulBlock); }

void GeluTanhMulRow(const float* gate, const float* up, int64_t n, float* y) { ByBlocks(n, gate, up, y, GeluTanhMulBlock); }

}  // namespace stanscope
