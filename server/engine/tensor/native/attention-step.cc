// The attention sub-layer of a step of decoding, from the residual stream and back into it, in one op: with the adapters of its projections, whose
// encoders read what the projections read while it is at hand.
#include "adapter-step.h"
#include "attend-step.h"
#include "encoder-screen.h"
#include "step-products.h"

namespace stanscope {
namespace {

enum class Role { kQuery = 0, kKey = 1, kValue = 2, kOutput = 3 };

// An adapter of one projection, in rows from…to - 1: STAN's encoder (latents, d_in) and decoder (latents, d_out), or LoRA's A (rank, d_in) and
// B (d_out, rank) in their place, of which all is kept.
template <class Encoder>
struct Update {
  Role role;
  int64_t k;
  Selection selection;
  int64_t from, to;
  float scaling;
  int64_t latents, d_out;
  const Encoder* encoder;
  const float* decoder;
  EncoderScreen screen;
  std::vector<float> z;     // pre-activations (to - from, latents), or their lower bounds where there are upper ones
  std::vector<float> high;  // upper bounds of the pre-activations, where the screen is used
};

template <class Encoder>
using Updates = std::vector<Update<Encoder>>;

// settings (updates, 5): role, k, selection, from, to; scalings (updates), unread where there are none; from input `place` on the encoders
// (latents, d_in), then the decoders (latents, d_out), then the encoders' screens
template <class Encoder>
Updates<Encoder> ReadUpdates(TF_OpKernelContext* context, const Input& settings, const Input& scalings, int place) {
  constexpr int64_t kSettings = 5;
  const int count = static_cast<int>(settings.size() / kSettings);
  Updates<Encoder> updates;
  for (int i = 0; i < count; i++) {
    const int32_t* s = settings.data<int32_t>() + i * kSettings;
    const Input encoder(context, place + i), decoder(context, place + count + i), screen(context, place + 2 * count + i);
    const bool is_lora = s[2] == static_cast<int32_t>(Selection::kAll);
    const int64_t latents = encoder.dim(0), words = screen.size();
    updates.push_back({static_cast<Role>(s[0]), s[1], static_cast<Selection>(s[2]), s[3], s[4], scalings.data()[i], latents, decoder.dim(is_lora ? 0 : 1),
                       encoder.data<Encoder>(), decoder.data(),
                       EncoderScreen(screen.data<int32_t>(), words, latents, encoder.dim(1)), std::vector<float>((s[4] - s[3]) * latents), {}});
  }
  return updates;
}

// Lays out the rows that updates' screens read, and decides which of the updates are screened: those of few rows, since many rows need nearly all
// latents.
template <class Encoder>
std::vector<ScreenedInput> Screen(const float* x, int64_t d, const std::vector<Update<Encoder>*>& updates) {
  constexpr int64_t kFew = 4;
  const auto is_few = [](const auto* update) { return update->screen && update->to - update->from <= kFew; };
  int64_t rows = 0;
  for (const auto* update : updates) rows = std::max(rows, is_few(update) ? update->to : 0);
  std::vector<ScreenedInput> inputs;
  for (int64_t row = 0; row < rows; row++) inputs.emplace_back(x + row * d, d);
  for (auto* update : updates) {
    if (!is_few(update)) continue;
    const auto first = inputs.begin() + update->from, last = inputs.begin() + update->to;
    if (std::all_of(first, last, [](const ScreenedInput& input) { return input.is_usable(); })) update->high.resize(update->z.size());
  }
  return inputs;
}

// x (rows, d), w (outputs, d) -> x w^T, and the pre-activations, or bounds of them, of the updates that read x as well. Each part has its share of
// every matrix.
template <class Values, class Encoder>
void Multiply(const float* x, int64_t rows, int64_t d, Values w, int64_t outputs, float* y, const std::vector<Update<Encoder>*>& updates) {
  constexpr int64_t kParts = 64, kGroup = 4, kWorth = 16384;
  int64_t weights = outputs * d;
  for (const auto* update : updates) weights += update->latents * d;
  const std::vector<ScreenedInput> inputs = Screen(x, d, updates);
  const auto cut = [](int64_t n, int64_t part) { return std::min(n, (n + kGroup - 1) / kGroup * part / kParts * kGroup); };
  SplitInStep(kParts, std::max<int64_t>(1, kParts * kWorth / std::max<int64_t>(1, weights)), [&](int64_t first, int64_t last) {
    const int64_t from = cut(outputs, first), to = cut(outputs, last);
    MultiplyRows(x, rows, d, w + from * d, to - from, y + from, outputs);
    for (auto* update : updates) {
      const int64_t begin = cut(update->latents, first), end = cut(update->latents, last);
      if (update->high.empty()) {
        MultiplyRows(x + update->from * d, update->to - update->from, d, update->encoder + begin * d, end - begin, update->z.data() + begin,
                     update->latents);
      }
      for (size_t at = 0; at < update->high.size(); at += update->latents) {
        inputs[update->from + at / update->latents].Bound(update->screen, begin, end, update->z.data() + at, update->high.data() + at);
      }
    }
  });
}

// y (d_out) += scaling b a x of a row, bit for bit as LoraStep has it.
template <class Encoder>
void AddComponents(const Update<Encoder>& update, int64_t row, float* y) {
  std::vector<float> components(update.latents), sums(update.d_out);
  for (int64_t i = 0; i < update.latents; i++) components[i] = update.z[row * update.latents + i] * update.scaling;
  MultiplyRows(components.data(), 1, update.latents, update.decoder, update.d_out, sums.data(), update.d_out);
  for (int64_t o = 0; o < update.d_out; o++) y[o] += sums[o];
}

// Adds to y (rows, stride) what the kept latents of updates that read x (rows, d) write, each from its role's column on.
template <class Encoder>
void Write(const float* x, int64_t d, const std::vector<Update<Encoder>*>& updates, const int64_t* columns, int64_t stride, float* y) {
  std::vector<std::pair<const Update<Encoder>*, int64_t>> items;
  for (const auto* update : updates) {
    for (int64_t row = 0; row < update->to - update->from; row++) items.emplace_back(update, row);
  }
  SplitInStep(items.size(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; item++) {
      const auto& [update, row] = items[item];
      float* out = y + (update->from + row) * stride + columns[static_cast<int>(update->role)];
      if (update->selection == Selection::kAll) {
        AddComponents(*update, row, out);
        continue;
      }
      std::vector<float> values(update->k);
      std::vector<int32_t> indices(update->k);
      const float* z = update->z.data() + row * update->latents;
      if (update->high.empty()) {
        Keep(z, update->latents, update->k, update->selection, values.data(), indices.data());
      } else {
        KeepBetween(x + (update->from + row) * d, d, update->encoder, z, update->high.data() + row * update->latents, update->latents, update->k,
                    update->selection, values.data(), indices.data());
      }
      WriteRow(out, update->decoder, update->d_out, indices.data(), values.data(), update->k, update->scaling, out);
    }
  });
}

// x (rows, d), gain (d), eps (), qkv and out (outputs, d) as matrices; positions (rows); tables of rotation (rows, 1, head); cap (), 0 for none; the
// updates' settings and scalings; the caches, then the updates' matrices -> x + the sub-layer's output (rows, d)
template <class Weight, class Encoder>
void AttentionStep(void*, TF_OpKernelContext* context) {
  Input input(context, 0), gain(context, 1), epsilon(context, 2);
  constexpr int kAfter = 3 + 2 * Matrix<Weight>::kInputs;
  Input places(context, kAfter), q_cos(context, kAfter + 1), q_sin(context, kAfter + 2), k_cos(context, kAfter + 3), k_sin(context, kAfter + 4);
  Input cap(context, kAfter + 5), settings(context, kAfter + 6), scalings(context, kAfter + 7);
  const int64_t rows = input.dim(0), d = input.dim(1), head = q_cos.width();
  const Caches caches(context, kAfter + 8, rows);
  Updates<Encoder> updates = ReadUpdates<Encoder>(context, settings, scalings, static_cast<int>(kAfter + 8 + 2 * rows));
  std::vector<Update<Encoder>*> inner, outer;
  for (auto& update : updates) (update.role == Role::kOutput ? outer : inner).push_back(&update);

  Matrix<Weight> qkv(context, 3, d);
  const int64_t kv_width = Input(context, kAfter + 8).size() / caches.room[0], outputs = qkv.rows(), q_width = outputs - 2 * kv_width;
  std::vector<float> normed(rows * d), projected(rows * outputs), mixed(rows * q_width);
  RmsNormRows(input, gain, epsilon, normed.data());
  Multiply(normed.data(), rows, d, qkv.values(), outputs, projected.data(), inner);
  const int64_t columns[] = {0, q_width, q_width + kv_width, 0};
  Write(normed.data(), d, inner, columns, outputs, projected.data());
  RotaryAttend(projected.data(), outputs, projected.data() + columns[1], projected.data() + columns[2], outputs,
               {q_cos.data(), q_sin.data(), k_cos.data(), k_sin.data()}, caches, places.data<int32_t>(), rows,
               {q_width / head, kv_width / head, head}, *cap.data(), mixed.data());

  Matrix<Weight> out(context, 3 + Matrix<Weight>::kInputs, q_width);
  float* y = FloatOutput(context, 0, input.shape());
  if (outer.empty()) return ProductAdd(mixed.data(), rows, q_width, out.values(), d, input.data(), y);
  Multiply(mixed.data(), rows, q_width, out.values(), d, y, outer);
  Write(mixed.data(), q_width, outer, columns, d, y);
  for (int64_t i = 0; i < rows * d; i++) y[i] += input.data()[i];
}

std::vector<const char*> InputsOf(const std::vector<const char*>& matrices, const char* encoders) {
  std::vector<const char*> inputs = {"x: float", "gain: float", "eps: float"};
  inputs.insert(inputs.end(), matrices.begin(), matrices.end());
  for (const char* input : {"positions: int32", "q_cos: float", "q_sin: float", "k_cos: float", "k_sin: float", "cap: float", "settings: int32",
                            "scalings: float", "keys: rows * float", "values: rows * float", encoders, "decoders: updates * float",
                            "screens: updates * int32"}) {
    inputs.push_back(input);
  }
  return inputs;
}

const std::vector<const char*> one = {"y: float"}, attributes = {"rows: int", "updates: int >= 0"};
const Register attention_step("StanscopeAttentionStep", InputsOf({"qkv: float", "out: float"}, "encoders: updates * float"), one,
                              AttentionStep<float, float>, attributes);
const Register attention_step_bfloat16("StanscopeAttentionStepBfloat16",
                                       InputsOf({"qkv: bfloat16", "out: bfloat16"}, "encoders: updates * bfloat16"), one,
                                       AttentionStep<uint16_t, uint16_t>, attributes);
const Register attention_step_packed("StanscopeAttentionStepPacked",
                                     InputsOf({"qkv: uint8", "format: int32", "out: uint8", "out_format: int32"}, "encoders: updates * float"),
                                     one, AttentionStep<Packed, float>, attributes);

}  // namespace
}  // namespace stanscope
