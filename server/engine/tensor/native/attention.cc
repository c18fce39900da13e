#include "kernel-support.h"

namespace stanscope {
namespace {

constexpr int64_t kGrain = 16;

// Softmax of the first n entries in place.
inline void SoftmaxInPlace(float* x, int64_t n) {
  const float top = Largest(x, n);
  float total = 0;
  for (int64_t i = 0; i < n; i++) {
    x[i] = Exp(x[i] - top);
    total += x[i];
  }
  const float share = 1.f / total;
  for (int64_t i = 0; i < n; i++) x[i] *= share;
}

// scores (…, T, C), scaled -> softmax where row t sees columns 0…t + C - T
void CausalSoftmax(void*, TF_OpKernelContext* context) {
  Input input(context, 0);
  const Shape shape = input.shape();
  const int64_t columns = shape.back(), tokens = shape.size() > 1 ? shape[shape.size() - 2] : 1;
  float* p = FloatOutput(context, 0, shape);
  const float* scores = input.data();
  Split(input.rows(), kGrain, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const int64_t seen = row % tokens + columns - tokens + 1;
      float* out = p + row * columns;
      std::copy(scores + row * columns, scores + row * columns + seen, out);
      SoftmaxInPlace(out, seen);
      std::fill(out + seen, out + columns, 0.f);
    }
  });
}

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
      const float *cos = cos_table + token % rows * d, *sin = sin_table + token % rows * d + half;
      for (int64_t head = 0; head < heads; head++) {
        const float* x = data + (token * heads + head) * d;
        float* y = output + (token * heads + head) * d;
        for (int64_t i = 0; i < half; i++) {
          const float a = x[i], b = x[i + half], s = sin[i] * sign;
          y[i] = a * cos[i] - b * s;
          y[i + half] = b * cos[i] + a * s;
        }
      }
    }
  });
}

// One query head of one sequence against its cache: softmax(q k^T) v over the first `seen` tokens, a token every `stride`.
void AttendHead(const float* q, const float* keys, const float* values, int64_t seen, int64_t stride, int64_t d, float* weights,
                float* y) {
  for (int64_t t = 0; t < seen; t++) weights[t] = Dot(q, keys + t * stride, d);
  SoftmaxInPlace(weights, seen);
  std::fill(y, y + d, 0.f);
  for (int64_t t = 0; t < seen; t++) {
    const float weight = weights[t];
    const float* v = values + t * stride;
    for (int64_t i = 0; i < d; i++) y[i] += weight * v[i];
  }
}

// One new token in each of several sequences. q (rows, heads, d), rotated and scaled; k, v (rows, kv heads, d); positions
// (rows); then each sequence's key cache (max, kv heads, d), then the value caches. The new keys and values are written
// into the caches in place. -> (rows, heads * d)
void AttendStep(void*, TF_OpKernelContext* context) {
  Input query(context, 0), new_keys(context, 1), new_values(context, 2), places(context, 3);
  const int64_t rows = query.dim(0), heads = query.dim(1), d = query.dim(2), kv_heads = new_keys.dim(1);
  const int64_t stride = kv_heads * d, group = heads / kv_heads;
  float* y = FloatOutput(context, 0, {rows, heads * d});
  const float* q = query.data();
  const int32_t* positions = places.data<int32_t>();
  std::vector<float*> keys(rows), values(rows);
  int64_t longest = 0;
  for (int64_t row = 0; row < rows; row++) {
    keys[row] = Input(context, static_cast<int>(4 + row)).writable();
    values[row] = Input(context, static_cast<int>(4 + rows + row)).writable();
    std::copy_n(new_keys.data() + row * stride, stride, keys[row] + positions[row] * stride);
    std::copy_n(new_values.data() + row * stride, stride, values[row] + positions[row] * stride);
    longest = std::max<int64_t>(longest, positions[row] + 1);
  }
  const int64_t worth = std::max<int64_t>(1, 16384 / (longest * d));
  Split(rows * heads, worth, [&, longest](int64_t from, int64_t to) {
    std::vector<float> weights(longest);
    for (int64_t item = from; item < to; item++) {
      const int64_t row = item / heads, shared = item % heads / group * d;
      AttendHead(q + item * d, keys[row] + shared, values[row] + shared, positions[row] + 1, stride, d, weights.data(), y + item * d);
    }
  });
}

const Register causal_softmax("StanscopeCausalSoftmax", {"scores: float"}, {"p: float"}, CausalSoftmax);
const Register softmax_grad("StanscopeSoftmaxGrad", {"p: float", "dp: float"}, {"ds: float"}, SoftmaxGrad);
const Register rotary("StanscopeRotary", {"x: float", "cos: float", "sin: float", "sign: float"}, {"y: float"}, Rotary);
const Register attend_step("StanscopeAttendStep",
                           {"q: float", "k: float", "v: float", "positions: int32", "keys: rows * float", "values: rows * float"},
                           {"y: float"}, AttendStep, {"rows: int"});

}  // namespace
}  // namespace stanscope
