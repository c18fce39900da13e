#include "packed-formats.h"
#include "rows.h"

namespace stanscope {
namespace {

using stanscope::Load;
using stanscope::LoadPart;

// kOutputs rows of w against kTokens rows of x: each weight is read once and meets all tokens, with a sum of its own for
// every pair, so that the additions do not wait for one another. The first tokens to meet the weights ask for those that follow two
// blocks later: the processor's own foresight ends with each row.
template <int kTokens, int kOutputs, bool kIsFirst, class Weight>
inline void Block(const float* x, const Weight* w, int64_t d, float* y, int64_t y_stride) {
  constexpr int kBlocksAhead = 2;
  Lanes sums[kTokens][kOutputs] = {};
  const auto add = [&](auto load, int64_t i) {
    Lanes weights[kOutputs];
    for (int o = 0; o < kOutputs; o++) {
      weights[o] = load(w + o * d + i);
      if (kIsFirst) __builtin_prefetch(w + (o + kBlocksAhead * kOutputs) * d + i);
    }
    for (int t = 0; t < kTokens; t++) {
      const Lanes token = load(x + t * d + i);
      for (int o = 0; o < kOutputs; o++) sums[t][o] += token * weights[o];
    }
  };
  int64_t i = 0;
  for (; i + kLanes <= d; i += kLanes) add([](auto* from) { return Load(from); }, i);
  if (i < d) add([left = d - i](auto* from) { return LoadPart(from, left); }, i);
  for (int t = 0; t < kTokens; t++) {
    for (int o = 0; o < kOutputs; o++) y[t * y_stride + o] = Sum(sums[t][o]);
  }
}

// Up to four tokens against the same few rows of w.
template <int kOutputs, bool kIsFirst, class Weight>
inline void UpToFour(const float* x, int64_t tokens, const Weight* w, int64_t d, float* y, int64_t y_stride) {
  if (tokens >= 4) Block<4, kOutputs, kIsFirst>(x, w, d, y, y_stride);
  if (tokens == 3) Block<3, kOutputs, kIsFirst>(x, w, d, y, y_stride);
  if (tokens == 2) Block<2, kOutputs, kIsFirst>(x, w, d, y, y_stride);
  if (tokens == 1) Block<1, kOutputs, kIsFirst>(x, w, d, y, y_stride);
}

template <int kOutputs, bool kIsAhead, class Weight>
inline void Tokens(const float* x, int64_t tokens, const Weight* w, int64_t d, float* y, int64_t y_stride) {
  UpToFour<kOutputs, kIsAhead>(x, tokens, w, d, y, y_stride);
  for (int64_t t = 4; t < tokens; t += 4) UpToFour<kOutputs, false>(x + t * d, tokens - t, w, d, y + t * y_stride, y_stride);
}

constexpr int64_t kOutputs = 4;  // rows of w that are multiplied together

template <class Weight>
inline void Multiply(const float* x, int64_t tokens, int64_t d, const Weight* w, int64_t outputs, float* y, int64_t y_stride) {
  int64_t o = 0;
  for (; o + kOutputs <= outputs; o += kOutputs) Tokens<kOutputs, true>(x, tokens, w + o * d, d, y + o, y_stride);
  for (; o < outputs; o++) Tokens<1, true>(x, tokens, w + o * d, d, y + o, y_stride);
}

// As Block, of one token and rows of w that lie apart; the next ones are asked for meanwhile.
template <int kOutputs, class Weight>
inline void ListedBlock(const float* x, const Weight* w, const int32_t* rows, const int32_t* next, int64_t d, float* y) {
  Lanes sums[kOutputs] = {};
  const auto add = [&](auto load, int64_t i) {
    const Lanes token = load(x + i);
    for (int o = 0; o < kOutputs; o++) {
      sums[o] += token * load(w + rows[o] * d + i);
      __builtin_prefetch(w + next[o] * d + i);
    }
  };
  int64_t i = 0;
  for (; i + kLanes <= d; i += kLanes) add([](auto* from) { return Load(from); }, i);
  if (i < d) add([left = d - i](auto* from) { return LoadPart(from, left); }, i);
  for (int o = 0; o < kOutputs; o++) y[o] = Sum(sums[o]);
}

template <class Weight>
inline void MultiplyListed(const float* x, int64_t d, const Weight* w, const int32_t* rows, int64_t n, float* y) {
  int64_t j = 0;
  for (; j + kOutputs <= n; j += kOutputs) ListedBlock<kOutputs>(x, w, rows + j, rows + std::min(j + kOutputs, n - kOutputs), d, y + j);
  for (; j < n; j++) ListedBlock<1>(x, w, rows + j, rows + std::min(j + 1, n - 1), d, y + j);
}

// As Block, with weights that meet the tokens as they are unpacked, in registers: the same sums in the same order.
template <class Format, int kTokens, int kOutputs>
inline void PackedBlock(const float* x, const uint8_t* w, int64_t d, float* y, int64_t y_stride) {
  constexpr int64_t kStep = kOutputs * Format::kBytes, kLine = 64;
  const int64_t blocks = d / Format::kValues, row_bytes = blocks * Format::kBytes, ahead = 2 * kOutputs * row_bytes;
  Lanes sums[kTokens][kOutputs] = {};
  for (int64_t block = 0; block < blocks; block++) {
    for (int64_t byte = 0; byte < kStep; byte += kLine) __builtin_prefetch(w + ahead + block * kStep + byte);
    const float* tokens = x + block * Format::kValues;
#pragma GCC unroll 4
    for (int o = 0; o < kOutputs; o++) {
      Format::Each(w + o * row_bytes + block * Format::kBytes, [&](int64_t i, Lanes weights) __attribute__((always_inline)) {
        for (int t = 0; t < kTokens; t++) sums[t][o] += Load(tokens + t * d + i) * weights;
      });
    }
  }
  for (int t = 0; t < kTokens; t++) {
    for (int o = 0; o < kOutputs; o++) y[t * y_stride + o] = Sum(sums[t][o]);
  }
}

template <class Format, int kTokens>
void MultiplyPacked(const float* x, int64_t d, const uint8_t* w, int64_t outputs, float* y, int64_t y_stride) {
  const int64_t row_bytes = d / Format::kValues * Format::kBytes;
  int64_t o = 0;
  for (; o + kOutputs <= outputs; o += kOutputs) PackedBlock<Format, kTokens, kOutputs>(x, w + o * row_bytes, d, y + o, y_stride);
  for (; o < outputs; o++) PackedBlock<Format, kTokens, 1>(x, w + o * row_bytes, d, y + o, y_stride);
}

// For up to four tokens; more meet rows that are unpacked once for them all.
template <class Format>
bool MultiplyFewPacked(const float* x, int64_t tokens, int64_t d, const uint8_t* w, int64_t outputs, float* y, int64_t y_stride) {
  if constexpr (Format::kValues % kLanes == 0) {
    switch (tokens) {
      case 1: return MultiplyPacked<Format, 1>(x, d, w, outputs, y, y_stride), true;
      case 2: return MultiplyPacked<Format, 2>(x, d, w, outputs, y, y_stride), true;
      case 3: return MultiplyPacked<Format, 3>(x, d, w, outputs, y, y_stride), true;
      case 4: return MultiplyPacked<Format, 4>(x, d, w, outputs, y, y_stride), true;
    }
  }
  return false;
}

// x (tokens, d) float, w (outputs, d) -> x w^T in float; for few tokens, bound by reading w once
template <class Weight>
void FewRows(void*, TF_OpKernelContext* context) {
  Input input(context, 0);
  const int64_t tokens = input.dim(0), d = input.dim(1);
  Matrix<Weight> weight(context, 1, d);
  const int64_t outputs = weight.rows();
  float* y = FloatOutput(context, 0, {tokens, outputs});
  const float* x = input.data();
  const auto w = weight.values();
  SplitOutputs(outputs, d, [=](int64_t from, int64_t to) { MultiplyRows(x, tokens, d, w + from * d, to - from, y + from, outputs); });
}

// table (latents, d), indices (tokens, k), g (tokens, d) -> table[indices[t, j]] . g[t]: the gradient of kept values without a
// (tokens, k, d) gather
void RowDots(void*, TF_OpKernelContext* context) {
  Input table(context, 0), indices(context, 1), gradient(context, 2);
  const int64_t tokens = indices.dim(0), k = indices.dim(1), d = table.dim(1), latents = table.dim(0);
  float* dots = FloatOutput(context, 0, {tokens, k});
  const float *rows = table.data(), *g = gradient.data();
  const int32_t* index = indices.data<int32_t>();
  Split(tokens, 4, [=](int64_t from, int64_t to) {
    for (int64_t place = from * k; place < to * k; place++) {
      if (index[place] < 0 || index[place] >= latents) {
        dots[place] = NAN;
        continue;
      }
      constexpr int64_t kAhead = 2, kLine = 16;
      if (place + kAhead < to * k) {
        const float* ahead = rows + index[place + kAhead] * d;
        for (int64_t i = 0; i < d; i += kLine) __builtin_prefetch(ahead + i);
      }
      dots[place] = Dot(rows + index[place] * d, g + place / k * d, d);
    }
  });
}

const Register few_rows("StanscopeFewRows", {"x: float", "w: float"}, {"y: float"}, FewRows<float>);
const Register few_rows_bfloat16("StanscopeFewRowsBfloat16", {"x: float", "w: bfloat16"}, {"y: float"}, FewRows<uint16_t>);
const Register few_rows_packed("StanscopeFewRowsPacked", {"x: float", "w: uint8", "format: int32"}, {"y: float"}, FewRows<Packed>);
const Register row_dots("StanscopeRowDots", {"table: float", "indices: int32", "g: float"}, {"dots: float"}, RowDots);

}  // namespace

void MultiplyRows(const float* x, int64_t tokens, int64_t d, const float* w, int64_t outputs, float* y, int64_t y_stride) {
  Multiply(x, tokens, d, w, outputs, y, y_stride);
}

void MultiplyRows(const float* x, int64_t tokens, int64_t d, const uint16_t* w, int64_t outputs, float* y, int64_t y_stride) {
  Multiply(x, tokens, d, w, outputs, y, y_stride);
}

void MultiplyRows(const float* x, int64_t tokens, int64_t d, Packed w, int64_t outputs, float* y, int64_t y_stride) {
  if (w.format == Format::kBF16) return Multiply(x, tokens, d, reinterpret_cast<const uint16_t*>(w.blocks), outputs, y, y_stride);
  if (w.format == Format::kF16) return Multiply(x, tokens, d, reinterpret_cast<const Float16*>(w.blocks), outputs, y, y_stride);
  bool is_done = false;
  With(w.format, [&](auto format) { is_done = MultiplyFewPacked<decltype(format)>(x, tokens, d, w.blocks, outputs, y, y_stride); });
  if (is_done) return;
  thread_local std::vector<float> unpacked;
  unpacked.resize(kOutputs * d);
  float* rows = unpacked.data();
  int64_t o = 0;
  for (; o + kOutputs <= outputs; o += kOutputs) {
    Unpack(w + o * d, kOutputs * d, rows);
    Tokens<kOutputs, false>(x, tokens, rows, d, y + o, y_stride);
  }
  for (; o < outputs; o++) {
    Unpack(w + o * d, d, rows);
    Tokens<1, false>(x, tokens, rows, d, y + o, y_stride);
  }
}

void MultiplyListedRows(const float* x, int64_t d, const float* w, const int32_t* rows, int64_t n, float* y) {
  MultiplyListed(x, d, w, rows, n, y);
}

void MultiplyListedRows(const float* x, int64_t d, const uint16_t* w, const int32_t* rows, int64_t n, float* y) {
  MultiplyListed(x, d, w, rows, n, y);
}

void SplitOutputs(int64_t outputs, int64_t d, const std::function<void(int64_t, int64_t)>& work) {
  constexpr int64_t kWorth = 16384;  // weights that are worth a thread
  const int64_t groups = (outputs + kOutputs - 1) / kOutputs;
  SplitInStep(groups, kWorth / std::max<int64_t>(1, d * kOutputs), [&](int64_t from, int64_t to) {
    work(from * kOutputs, std::min(outputs, to * kOutputs));
  });
}

}  // namespace stanscope
