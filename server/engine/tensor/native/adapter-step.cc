// An adapter's part of a step of decoding: a few rows, of which some neighbouring ones have the adapter.
#include "adapter-step.h"
#include "rows.h"

namespace stanscope {
namespace {

// x (rows, d), encoder (latents, d) -> pre-activations (rows, latents)
template <class Weight>
std::vector<float> Encode(const float* x, int64_t rows, int64_t d, const Input& encoder) {
  const int64_t latents = encoder.dim(0);
  std::vector<float> z(rows * latents);
  const Weight* w = encoder.data<Weight>();
  SplitOutputs(latents, d, [&](int64_t from, int64_t to) { MultiplyRows(x, rows, d, w + from * d, to - from, z.data() + from, latents); });
  return z;
}

constexpr int64_t kRowsWorth = 2;  // rows of selecting and writing that are worth a thread

// x (rows, d_in), base (rows, d_out), encoder (latents, d_in), decoder (latents, d_out), scaling (), settings (k, selection, from, to)
// -> base, in rows from…to - 1 with the update of the latents that they keep
template <class Weight>
void StanStep(void*, TF_OpKernelContext* context) {
  Input input(context, 0), base_input(context, 1), encoder(context, 2), decoder(context, 3), factor(context, 4), settings(context, 5);
  const int32_t* s = settings.data<int32_t>();
  const int64_t k = s[0], first = s[2], rows = s[3] - first;
  const Selection selection = static_cast<Selection>(s[1]);
  const int64_t d_in = input.dim(1), d_out = base_input.dim(1), latents = encoder.dim(0);
  float* y = FloatOutput(context, 0, base_input.shape());
  const float *base = base_input.data(), *rows_out = decoder.data(), scaling = *factor.data();
  std::copy_n(base, first * d_out, y);
  std::copy(base + s[3] * d_out, base + base_input.size(), y + s[3] * d_out);
  const std::vector<float> z = Encode<Weight>(input.data() + first * d_in, rows, d_in, encoder);
  SplitInStep(rows, kRowsWorth, [&](int64_t from, int64_t to) {
    std::vector<float> values(k);
    std::vector<int32_t> indices(k);
    for (int64_t row = from; row < to; row++) {
      Keep(z.data() + row * latents, latents, k, selection, values.data(), indices.data());
      const int64_t place = (first + row) * d_out;
      WriteRow(base + place, rows_out, d_out, indices.data(), values.data(), k, scaling, y + place);
    }
  });
}

// x (rows, d_in), encoder (latents, d_in), settings (k, selection) -> values and indices (rows, k) of what each row keeps
template <class Weight>
void KeepStep(void*, TF_OpKernelContext* context) {
  Input input(context, 0), encoder(context, 1), settings(context, 2);
  const int32_t* s = settings.data<int32_t>();
  const int64_t k = s[0], rows = input.dim(0), latents = encoder.dim(0);
  const Selection selection = static_cast<Selection>(s[1]);
  float* values = FloatOutput(context, 0, {rows, k});
  int32_t* indices = IntOutput(context, 1, {rows, k});
  const std::vector<float> z = Encode<Weight>(input.data(), rows, input.dim(1), encoder);
  SplitInStep(rows, kRowsWorth, [&](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) Keep(z.data() + row * latents, latents, k, selection, values + row * k, indices + row * k);
  });
}

// base (rows, d), indices and values (rows, k), decoder (latents, d), scaling () -> base with the update that they write; NaN for an
// index out of range
void WriteStep(void*, TF_OpKernelContext* context) {
  Input base_input(context, 0), index_input(context, 1), value_input(context, 2), decoder(context, 3), factor(context, 4);
  const int64_t rows = index_input.dim(0), k = index_input.dim(1), d = base_input.dim(1), latents = decoder.dim(0);
  float* y = FloatOutput(context, 0, base_input.shape());
  const int32_t* indices = index_input.data<int32_t>();
  for (int64_t i = 0; i < rows * k; i++) {
    if (indices[i] < 0 || indices[i] >= latents) return std::fill(y, y + rows * d, NAN);
  }
  const float *base = base_input.data(), *values = value_input.data(), *rows_out = decoder.data(), scaling = *factor.data();
  SplitInStep(rows, kRowsWorth, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      WriteRow(base + row * d, rows_out, d, indices + row * k, values + row * k, k, scaling, y + row * d);
    }
  });
}

// x (rows, d_in), base (rows, d_out), a (rank, d_in), b (d_out, rank), scaling (), settings (from, to)
// -> base, in rows from…to - 1 with scaling b a x added
template <class Weight>
void LoraStep(void*, TF_OpKernelContext* context) {
  Input input(context, 0), base_input(context, 1), a(context, 2), b(context, 3), factor(context, 4), settings(context, 5);
  const int32_t* s = settings.data<int32_t>();
  const int64_t first = s[0], rows = s[1] - first, d_in = input.dim(1), d_out = base_input.dim(1), rank = a.dim(0);
  float* y = FloatOutput(context, 0, base_input.shape());
  const float *base = base_input.data(), *w = b.data(), scaling = *factor.data();
  std::copy_n(base, first * d_out, y);
  std::copy(base + s[1] * d_out, base + base_input.size(), y + s[1] * d_out);
  std::vector<float> components = Encode<Weight>(input.data() + first * d_in, rows, d_in, a);
  for (float& component : components) component *= scaling;
  SplitOutputs(d_out, rank, [&](int64_t from, int64_t to) {
    MultiplyRows(components.data(), rows, rank, w + from * rank, to - from, y + first * d_out + from, d_out);
    for (int64_t row = first; row < first + rows; row++) {
      for (int64_t o = row * d_out + from; o < row * d_out + to; o++) y[o] += base[o];
    }
  });
}

const std::vector<const char*> kept = {"values: float", "indices: int32"}, y = {"y: float"};
const Register stan_step("StanscopeStanStep",
                         {"x: float", "base: float", "encoder: float", "decoder: float", "scaling: float", "settings: int32"}, y,
                         StanStep<float>);
const Register stan_step_bfloat16("StanscopeStanStepBfloat16",
                                  {"x: float", "base: float", "encoder: bfloat16", "decoder: float", "scaling: float", "settings: int32"},
                                  y, StanStep<uint16_t>);
const Register keep_step("StanscopeKeepStep", {"x: float", "encoder: float", "settings: int32"}, kept, KeepStep<float>);
const Register keep_step_bfloat16("StanscopeKeepStepBfloat16", {"x: float", "encoder: bfloat16", "settings: int32"}, kept,
                                  KeepStep<uint16_t>);
const Register write_step("StanscopeWriteStep", {"base: float", "indices: int32", "values: float", "decoder: float", "scaling: float"}, y,
                          WriteStep);
const Register lora_step("StanscopeLoraStep", {"x: float", "base: float", "a: float", "b: float", "scaling: float", "settings: int32"}, y,
                         LoraStep<float>);
const Register lora_step_bfloat16("StanscopeLoraStepBfloat16",
                                  {"x: float", "base: float", "a: bfloat16", "b: float", "scaling: float", "settings: int32"}, y,
                                  LoraStep<uint16_t>);

}  // namespace

void Keep(const float* z, int64_t latents, int64_t k, Selection selection, float* values, int32_t* indices) {
  if (selection == Selection::kAbs) {
    std::vector<float> sizes(latents);
    for (int64_t i = 0; i < latents; i++) sizes[i] = std::fabs(z[i]);
    KeepLargest(sizes.data(), latents, k, values, indices);
    for (int64_t j = 0; j < k; j++) values[j] = z[indices[j]];
    return;
  }
  KeepLargest(z, latents, k, values, indices);
  if (selection == Selection::kRelu) {
    for (int64_t j = 0; j < k; j++) values[j] = values[j] < 0 ? 0 : values[j];
  }
}

static int64_t CountFrom(float least, const float* x, int64_t n) {
  using Counts = int32_t __attribute__((vector_size(64)));
  Counts counts = {};
  int64_t i = 0, count = 0;
  for (; i + kLanes <= n; i += kLanes) counts -= Load(x + i) >= least;
  for (int lane = 0; lane < kLanes; lane++) count += counts[lane];
  for (; i < n; i++) count += x[i] >= least;
  return count;
}

// A number that at least k of x (n) reach, close to the k-th largest of them.
static float ReachedBy(const float* x, int64_t n, int64_t k) {
  constexpr int kHalvings = 16;
  float least = *std::min_element(x, x + n), most = Largest(x, n);
  for (int turn = 0; turn < kHalvings; turn++) {
    const float middle = least + (most - least) / 2;
    const int64_t reached = CountFrom(middle, x, n);
    (reached >= k ? least : most) = middle;
  }
  return least;
}

template <class Weight>
void KeepBetween(const float* x, int64_t d, const Weight* encoder, const float* low, const float* high, int64_t latents, int64_t k,
                 Selection selection, float* values, int32_t* indices) {
  thread_local std::vector<float> least, most, z;
  thread_local std::vector<int32_t> places;
  if (selection == Selection::kAbs) {
    least.resize(latents);
    most.resize(latents);
    for (int64_t i = 0; i < latents; i++) {
      least[i] = std::max(low[i], -high[i]);
      most[i] = std::max(high[i], -low[i]);
    }
    low = least.data();
    high = most.data();
  }
  // k latents have a lower bound that reaches this, so whatever is kept does.
  const float bound = ReachedBy(low, latents, k);
  places.resize(latents);
  int64_t n = 0;
  for (int64_t i = 0; i < latents; i++) {
    places[n] = static_cast<int32_t>(i);
    n += high[i] >= bound;
  }
  z.resize(n);
  MultiplyListedRows(x, d, encoder, places.data(), n, z.data());
  Keep(z.data(), n, k, selection, values, indices);
  for (int64_t j = 0; j < k; j++) indices[j] = places[indices[j]];
}

template void KeepBetween(const float*, int64_t, const float*, const float*, const float*, int64_t, int64_t, Selection, float*, int32_t*);
template void KeepBetween(const float*, int64_t, const uint16_t*, const float*, const float*, int64_t, int64_t, Selection, float*, int32_t*);

void WriteRow(const float* base, const float* decoder, int64_t d, const int32_t* indices, const float* values, int64_t k, float scaling,
              float* y) {
  std::vector<int32_t> rows(k);
  std::vector<float> weights(k);
  int64_t n = 0;
  for (int64_t j = 0; j < k; j++) {
    rows[n] = indices[j];
    weights[n] = values[j] * scaling;
    n += weights[n] != 0;
  }
  constexpr int64_t kBeginning = 128, kLine = 16;  // floats that are asked for before all rows are added; the processor foresees the rest
  for (int64_t j = 0; j < n; j++) {
    for (int64_t i = 0; i < std::min(d, kBeginning); i += kLine) __builtin_prefetch(decoder + rows[j] * d + i);
  }
  std::vector<float> update(d);
  WeightedSum(decoder, d, rows.data(), weights.data(), n, update.data());
  for (int64_t i = 0; i < d; i++) y[i] = base[i] + update[i];
}

}  // namespace stanscope
