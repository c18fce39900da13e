#include "kernel-support.h"
#include "rows.h"

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

// One head's rotation, `sin` with the sign of rotate-half in its first half.
__attribute__((noinline)) void RotateHead(const float* x, const float* cos, const float* sin, float sign, int64_t half, float* y) {
  for (int64_t i = 0; i < half; i++) {
    const float a = x[i], b = x[i + half], s = sin[i + half] * sign;
    y[i] = a * cos[i] - b * s;
    y[i + half] = b * cos[i] + a * s;
  }
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

// One query head of one sequence against its cache: softmax(q k^T) v over the first `seen` tokens, a token every `stride`. Scores
// are capped by a `cap` above 0.
void AttendHead(const float* q, const float* keys, const float* values, int64_t seen, int64_t stride, int64_t d, float cap,
                float* weights, float* y) {
  for (int64_t t = 0; t < seen; t++) weights[t] = Dot(q, keys + t * stride, d);
  if (cap > 0.f) SoftCapRow(weights, cap, seen, weights);
  SoftmaxInPlace(weights, seen);
  std::fill(y, y + d, 0.f);
  for (int64_t t = 0; t < seen; t++) {
    const float weight = weights[t];
    const float* v = values + t * stride;
    for (int64_t i = 0; i < d; i++) y[i] += weight * v[i];
  }
}

// The caches of one step's rows, from input `place` on: each sequence's keys (room, kv heads, d), then each one's values. A cache that slides has less
// room than its sequence has tokens and holds the last of them, each at its position modulo the room.
struct Caches {
  Caches(TF_OpKernelContext* context, int place, int64_t rows) : keys(rows), values(rows), room(rows) {
    for (int64_t row = 0; row < rows; row++) {
      const Input held(context, static_cast<int>(place + row));
      keys[row] = held.writable();
      room[row] = held.dim(0);
      values[row] = Input(context, static_cast<int>(place + rows + row)).writable();
    }
  }
  int64_t Place(int64_t row, int64_t position) const { return position < room[row] ? position : position % room[row]; }
  int64_t Seen(int64_t row, int64_t position) const { return std::min(position + 1, room[row]); }
  std::vector<float*> keys, values;
  std::vector<int64_t> room;
};

// Each row's query heads (rows, heads, d) against what the row's cache holds up to its position.
void Attend(const float* q, const Caches& caches, const int32_t* positions, int64_t rows, int64_t heads, int64_t kv_heads, int64_t d,
            float cap, float* y) {
  const int64_t stride = kv_heads * d, group = heads / kv_heads;
  int64_t longest = 0;
  for (int64_t row = 0; row < rows; row++) longest = std::max(longest, caches.Seen(row, positions[row]));
  const int64_t worth = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, longest * d));
  SplitInStep(rows * heads, worth, [&, longest](int64_t from, int64_t to) {
    std::vector<float> weights(longest);
    for (int64_t item = from; item < to; item++) {
      const int64_t row = item / heads, shared = item % heads / group * d;
      AttendHead(q + item * d, caches.keys[row] + shared, caches.values[row] + shared, caches.Seen(row, positions[row]), stride, d, cap,
                 weights.data(), y + item * d);
    }
  });
}

template <bool kIsCapped>
float CapOf(TF_OpKernelContext* context, int place) {
  if constexpr (kIsCapped) return *Input(context, place).data();
  return 0.f;
}

// One new token in each of several sequences. q (rows, heads, d), rotated and scaled; k, v (rows, kv heads, d); positions
// (rows); the cap of scores () where they have one; then the caches. The new keys and values are written into the caches in place.
// -> (rows, heads * d)
template <bool kIsCapped>
void AttendStep(void*, TF_OpKernelContext* context) {
  Input query(context, 0), new_keys(context, 1), new_values(context, 2), places(context, 3);
  const int64_t rows = query.dim(0), heads = query.dim(1), d = query.dim(2), kv_heads = new_keys.dim(1), stride = kv_heads * d;
  float* y = FloatOutput(context, 0, {rows, heads * d});
  const int32_t* positions = places.data<int32_t>();
  const float cap = CapOf<kIsCapped>(context, 4);
  const Caches caches(context, 4 + kIsCapped, rows);
  for (int64_t row = 0; row < rows; row++) {
    const int64_t place = caches.Place(row, positions[row]) * stride;
    std::copy_n(new_keys.data() + row * stride, stride, caches.keys[row] + place);
    std::copy_n(new_values.data() + row * stride, stride, caches.values[row] + place);
  }
  Attend(query.data(), caches, positions, rows, heads, kv_heads, d, cap, y);
}

// The same from what the projections give: q (rows, heads * d), k, v (rows, kv heads * d), and each row's tables of rotation for
// queries and keys (rows, 1, d).
template <bool kIsCapped>
void RotaryAttendStep(void*, TF_OpKernelContext* context) {
  Input query(context, 0), new_keys(context, 1), new_values(context, 2), places(context, 3);
  Input q_cos(context, 4), q_sin(context, 5), k_cos(context, 6), k_sin(context, 7);
  const int64_t rows = query.dim(0), d = q_cos.width(), heads = query.dim(1) / d, stride = new_keys.dim(1), kv_heads = stride / d;
  float* y = FloatOutput(context, 0, {rows, heads * d});
  const int32_t* positions = places.data<int32_t>();
  const float cap = CapOf<kIsCapped>(context, 8);
  const Caches caches(context, 8 + kIsCapped, rows);
  std::vector<float> q(rows * heads * d);
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t head = row * heads; head < (row + 1) * heads; head++) {
      RotateHead(query.data() + head * d, q_cos.data() + row * d, q_sin.data() + row * d, 1.f, d / 2, q.data() + head * d);
    }
    const int64_t place = caches.Place(row, positions[row]) * stride;
    float* key = caches.keys[row] + place;
    for (int64_t head = 0; head < kv_heads; head++) {
      RotateHead(new_keys.data() + row * stride + head * d, k_cos.data() + row * d, k_sin.data() + row * d, 1.f, d / 2, key + head * d);
    }
    std::copy_n(new_values.data() + row * stride, stride, caches.values[row] + place);
  }
  Attend(q.data(), caches, positions, rows, heads, kv_heads, d, cap, y);
}

const Register softmax_grad("StanscopeSoftmaxGrad", {"p: float", "dp: float"}, {"ds: float"}, SoftmaxGrad);
const Register rotary("StanscopeRotary", {"x: float", "cos: float", "sin: float", "sign: float"}, {"y: float"}, Rotary);
const Register attend_step("StanscopeAttendStep",
                           {"q: float", "k: float", "v: float", "positions: int32", "keys: rows * float", "values: rows * float"},
                           {"y: float"}, AttendStep<false>, {"rows: int"});
const Register capped_attend_step("StanscopeCappedAttendStep",
                                  {"q: float", "k: float", "v: float", "positions: int32", "cap: float", "keys: rows * float",
                                   "values: rows * float"},
                                  {"y: float"}, AttendStep<true>, {"rows: int"});
const Register rotary_attend_step("StanscopeRotaryAttendStep",
                                  {"q: float", "k: float", "v: float", "positions: int32", "q_cos: float", "q_sin: float",
                                   "k_cos: float", "k_sin: float", "keys: rows * float", "values: rows * float"},
                                  {"y: float"}, RotaryAttendStep<false>, {"rows: int"});
const Register capped_rotary_attend_step("StanscopeCappedRotaryAttendStep",
                                         {"q: float", "k: float", "v: float", "positions: int32", "q_cos: float", "q_sin: float",
                                          "k_cos: float", "k_sin: float", "cap: float", "keys: rows * float", "values: rows * float"},
                                         {"y: float"}, RotaryAttendStep<true>, {"rows: int"});

}  // namespace
}  // namespace stanscope
