#include "attend-step.h"
#include "rows.h"

namespace stanscope {
namespace {

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
  const int64_t rows = query.dim(0), d = q_cos.width(), q_width = query.dim(1), kv_width = new_keys.dim(1);
  float* y = FloatOutput(context, 0, {rows, q_width});
  const float cap = CapOf<kIsCapped>(context, 8);
  const Caches caches(context, 8 + kIsCapped, rows);
  const Rotations rotations = {q_cos.data(), q_sin.data(), k_cos.data(), k_sin.data()};
  RotaryAttend(query.data(), q_width, new_keys.data(), new_values.data(), kv_width, rotations, caches, places.data<int32_t>(), rows,
               {q_width / d, kv_width / d, d}, cap, y);
}

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

Caches::Caches(TF_OpKernelContext* context, int place, int64_t rows) : keys(rows), values(rows), room(rows) {
  for (int64_t row = 0; row < rows; row++) {
    const Input held(context, static_cast<int>(place + row));
    keys[row] = held.writable();
    room[row] = held.dim(0);
    values[row] = Input(context, static_cast<int>(place + rows + row)).writable();
  }
}

void RotaryAttend(const float* q, int64_t q_stride, const float* k, const float* v, int64_t kv_stride, const Rotations& rotations,
                  const Caches& caches, const int32_t* positions, int64_t rows, Heads heads, float cap, float* y) {
  const int64_t d = heads.d, half = d / 2, width = heads.keys * d;
  std::vector<float> rotated(rows * heads.queries * d);
  for (int64_t row = 0; row < rows; row++) {
    const float *q_cos = rotations.q_cos + row * d, *q_sin = rotations.q_sin + row * d;
    for (int64_t head = 0; head < heads.queries; head++) {
      RotateHead(q + row * q_stride + head * d, q_cos, q_sin, 1.f, half, rotated.data() + (row * heads.queries + head) * d);
    }
    const float *k_cos = rotations.k_cos + row * d, *k_sin = rotations.k_sin + row * d;
    const int64_t place = caches.Place(row, positions[row]) * width;
    for (int64_t head = 0; head < heads.keys; head++) {
      RotateHead(k + row * kv_stride + head * d, k_cos, k_sin, 1.f, half, caches.keys[row] + place + head * d);
    }
    std::copy_n(v + row * kv_stride, width, caches.values[row] + place);
  }
  Attend(rotated.data(), caches, positions, rows, heads.queries, heads.keys, d, cap, y);
}

}  // namespace stanscope
