#include "kernel-support.h"
#include "rows.h"

namespace stanscope {
namespace {

bool AllBelow(const int32_t* indices, int64_t n, int64_t bound) {
  int outside = 0;
  for (int64_t i = 0; i < n; i++) outside |= indices[i] < 0 || indices[i] >= bound;
  return outside == 0;
}

// indices, values (tokens, k), dense (latents, d) -> (tokens, d): the product of the sparse rows; NaN for an index out of range.
// Entries of value 0 are left out of the sums, so that rows filled up with them keep the last bit of what they were.
void SparseTimes(void*, TF_OpKernelContext* context) {
  Input index_input(context, 0), value_input(context, 1), dense_input(context, 2);
  const int64_t tokens = index_input.dim(0), k = index_input.dim(1), latents = dense_input.dim(0), d = dense_input.dim(1);
  float* y = FloatOutput(context, 0, {tokens, d});
  const int32_t* indices = index_input.data<int32_t>();
  const float *values = value_input.data(), *dense = dense_input.data();
  if (!AllBelow(indices, tokens * k, latents)) return std::fill(y, y + tokens * d, NAN);
  Split(tokens, 4, [=](int64_t from, int64_t to) {
    std::vector<int32_t> rows(k);
    std::vector<float> weights(k);
    for (int64_t t = from; t < to; t++) {
      int64_t n = 0;
      for (int64_t j = t * k; j < (t + 1) * k; j++) {
        rows[n] = indices[j];
        weights[n] = values[j];
        n += values[j] != 0;
      }
      WeightedSum(dense, d, rows.data(), weights.data(), n, y + t * d);
    }
  });
}

// indices, values (tokens, k), dense (tokens, d), latents () -> (latents, d): the product of the transposed sparse rows
void SparseTransposeTimes(void*, TF_OpKernelContext* context) {
  Input index_input(context, 0), value_input(context, 1), dense_input(context, 2), count(context, 3);
  const int64_t entries = index_input.size(), k = index_input.dim(1), d = dense_input.dim(1), latents = *count.data<int32_t>();
  float* y = FloatOutput(context, 0, {latents, d});
  const int32_t* indices = index_input.data<int32_t>();
  const float *values = value_input.data(), *dense = dense_input.data();
  if (!AllBelow(indices, entries, latents)) return std::fill(y, y + latents * d, NAN);
  // The entries by latent, each latent's in order of tokens: a counting sort.
  std::vector<int64_t> starts(latents + 1, 0);
  for (int64_t i = 0; i < entries; i++) starts[indices[i] + 1]++;
  for (int64_t j = 0; j < latents; j++) starts[j + 1] += starts[j];
  std::vector<int64_t> next(starts.begin(), starts.end() - 1);
  std::vector<int32_t> tokens(entries);
  std::vector<float> weights(entries);
  for (int64_t i = 0; i < entries; i++) {
    const int64_t place = next[indices[i]]++;
    tokens[place] = static_cast<int32_t>(i / k);
    weights[place] = values[i];
  }
  Split(latents, 32, [&, y, d](int64_t from, int64_t to) {
    for (int64_t j = from; j < to; j++) {
      WeightedSum(dense, d, tokens.data() + starts[j], weights.data() + starts[j], starts[j + 1] - starts[j], y + j * d);
    }
  });
}

const Register sparse_times("StanscopeSparseTimes", {"indices: int32", "values: float", "dense: float"}, {"y: float"}, SparseTimes);
const Register sparse_transpose_times("StanscopeSparseTransposeTimes",
                                      {"indices: int32", "values: float", "dense: float", "latents: int32"}, {"y: float"},
                                      SparseTransposeTimes);

}  // namespace

// After the first four rows a pass, so that y is read and written seldom.
__attribute__((noinline)) void WeightedSum(const float* dense, int64_t d, const int32_t* rows, const float* weights, int64_t n, float* y) {
  if (n == 0) return std::fill(y, y + d, 0.f);
  const float* first = dense + rows[0] * d;
  for (int64_t i = 0; i < d; i++) y[i] = weights[0] * first[i];
  int64_t j = 1;
  for (; j + 4 <= n; j += 4) {
    const float *a = dense + rows[j] * d, *b = dense + rows[j + 1] * d, *c = dense + rows[j + 2] * d, *e = dense + rows[j + 3] * d;
    const float wa = weights[j], wb = weights[j + 1], wc = weights[j + 2], we = weights[j + 3];
    for (int64_t i = 0; i < d; i++) y[i] += (wa * a[i] + wb * b[i]) + (wc * c[i] + we * e[i]);
  }
  for (; j < n; j++) {
    const float* a = dense + rows[j] * d;
    for (int64_t i = 0; i < d; i++) y[i] += weights[j] * a[i];
  }
}

}  // namespace stanscope
