#include "encoder-screen.h"

#include <atomic>

#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
#include <immintrin.h>
#endif

namespace stanscope {
namespace {

constexpr int64_t kStep = 32;                  // codes that are multiplied together; rows are filled up with zeros
constexpr int64_t kOfLatent = 3;               // floats beside a latent's codes
constexpr float kMostCode = 127, kMostInput = 32767;
constexpr float kUnit = 0x1p-23;               // twice the relative error of a rounding
constexpr float kOver = 1 + 0x1p-16;           // more than the roundings of a bound's own computation
constexpr float kMostNorm = 1e8, kLeastScale = 1e-30;
// More than is lost of a product where numbers below 2^-126 count as 0: of d inputs or weights against a norm of at most kMostNorm, of a scale
// against the largest sum.
constexpr float kUnderflow = 1e-25f;

int64_t StrideOf(int64_t d) { return (d + kStep - 1) / kStep * kStep; }

inline float Wide(float x) { return x; }
inline float Wide(uint16_t x) {
  const uint32_t bits = static_cast<uint32_t>(x) << 16;
  float wide;
  std::memcpy(&wide, &bits, sizeof wide);
  return wide;
}

// Of entries that are numbers.
float LargestSize(const float* x, int64_t n) {
  Lanes tops = {};
  int64_t i = 0;
  const auto take = [&](Lanes next) {
    next = next < 0 ? -next : next;
    tops = next > tops ? next : tops;
  };
  for (; i + kLanes <= n; i += kLanes) take(Load(x + i));
  take(LoadPart(x + i, n - i));
  return Largest(reinterpret_cast<const float*>(&tops), kLanes);
}

float Above(double x) { return static_cast<float>(x) * kOver; }

// What of a vector is coded, and what that leaves, as sums of squares.
struct Squares {
  double coded = 0, left = 0;
};

// x (d) as scale * codes; codes are at most `most`.
template <class Code>
Squares LayCodes(const float* x, int64_t d, float scale, float most, Code* codes) {
  Squares squares;
  const float inverse = scale > 0 ? 1 / scale : 0.f;
  for (int64_t i = 0; i < d; i++) {
    const float nearest = std::nearbyint(x[i] * inverse), above = nearest > -most ? nearest : -most, code = above < most ? above : most;
    codes[i] = static_cast<Code>(static_cast<int32_t>(code));
    const double coded = static_cast<double>(scale) * code, left = x[i] - coded;
    squares.coded += coded * coded;
    squares.left += left * left;
  }
  return squares;
}

// Fills in what belongs to one latent of (scale, norm, remainder), each `apart` from the one before, and its codes; false where its norm is not
// finite or too large.
bool LayLatent(const float* e, int64_t d, float* of_latent, int64_t apart, int8_t* codes) {
  double sum = 0;
  for (int64_t i = 0; i < d; i++) sum += static_cast<double>(e[i]) * e[i];
  const double norm = std::sqrt(sum);
  if (!(norm < kMostNorm)) return false;
  const float largest = LargestSize(e, d), scale = largest > kLeastScale ? largest / kMostCode : 0.f;
  const Squares squares = LayCodes(e, d, scale, kMostCode, codes);
  of_latent[0] = scale;
  of_latent[apart] = Above(std::sqrt(squares.coded));
  of_latent[2 * apart] = Above(std::sqrt(squares.left) + d * kUnit * norm);
  return true;
}

// E (latents, d) -> its screen; a single word where a row has none
template <class Weight>
void LayScreen(void*, TF_OpKernelContext* context) {
  Input encoder(context, 0);
  const int64_t latents = encoder.dim(0), d = encoder.dim(1), stride = StrideOf(d), words = EncoderScreen::Words(latents, d);
  std::vector<int32_t> screen(words);
  auto* of_latents = reinterpret_cast<float*>(screen.data());
  auto* codes = reinterpret_cast<int8_t*>(of_latents + kOfLatent * latents);
  std::atomic<bool> is_whole = true;
  constexpr int64_t kWorth = 16384;  // weights that are worth a thread
  Split(latents, kWorth / std::max<int64_t>(1, d), [&](int64_t from, int64_t to) {
    std::vector<float> row(d);
    for (int64_t i = from; i < to; i++) {
      const Weight* e = encoder.data<Weight>() + i * d;
      for (int64_t at = 0; at < d; at++) row[at] = Wide(e[at]);
      if (!LayLatent(row.data(), d, of_latents + i, latents, codes + i * stride)) is_whole = false;
    }
  });
  if (!is_whole) {
    *IntOutput(context, 0, {1}) = 0;
    return;
  }
  std::copy(screen.begin(), screen.end(), IntOutput(context, 0, {words}));
}

// The sums of four rows of codes times x, exactly.
inline void MultiplyFour(const int16_t* x, const int8_t* codes, int64_t stride, int32_t* sums) {
#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
  constexpr int64_t kAhead = 4;  // rows: the processor's own foresight ends with each of them
  __m512i four[4] = {};
  for (int64_t i = 0; i < stride; i += kStep) {
    const __m512i input = _mm512_loadu_si512(x + i);
    for (int r = 0; r < 4; r++) {
      const int8_t* from = codes + r * stride + i;
      if (i % (2 * kStep) == 0) __builtin_prefetch(from + kAhead * stride);
      four[r] = _mm512_dpwssd_epi32(four[r], input, _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from))));
    }
  }
  for (int r = 0; r < 4; r++) sums[r] = _mm512_reduce_add_epi32(four[r]);
#else
  for (int r = 0; r < 4; r++) {
    int32_t sum = 0;
    for (int64_t i = 0; i < stride; i++) sum += static_cast<int32_t>(x[i]) * codes[r * stride + i];
    sums[r] = sum;
  }
#endif
}

const std::vector<const char*> one = {"screen: int32"};
const Register screen("StanscopeEncoderScreen", {"encoder: float"}, one, LayScreen<float>);
const Register screen_bfloat16("StanscopeEncoderScreenBfloat16", {"encoder: bfloat16"}, one, LayScreen<uint16_t>);

}  // namespace

int64_t EncoderScreen::Words(int64_t latents, int64_t d) {
  // Three rows more than there are, for the last four that are multiplied together.
  constexpr int64_t kWord = sizeof(int32_t), kBehind = 3;
  return (kOfLatent * latents * kWord + (latents + kBehind) * StrideOf(d)) / kWord;
}

EncoderScreen::EncoderScreen(const int32_t* words, int64_t count, int64_t latents, int64_t d)
    : latents_(latents), stride_(StrideOf(d)) {
  if (count != Words(latents, d)) return;
  of_latents_ = reinterpret_cast<const float*>(words);
  codes_ = reinterpret_cast<const int8_t*>(of_latents_ + kOfLatent * latents);
}

ScreenedInput::ScreenedInput(const float* x, int64_t d) : codes_(StrideOf(d)) {
  // |sum| <= 127 * sum of |codes| < 2^31, roundings counted.
  constexpr float kMostSum = 1.6e7f;
  double sizes = 0, squares = 0;
  for (int64_t i = 0; i < d; i++) {
    sizes += std::fabs(x[i]);
    squares += static_cast<double>(x[i]) * x[i];
  }
  norm_ = Above(std::sqrt(squares));
  is_usable_ = norm_ < kMostNorm;
  const float scale = std::max(LargestSize(x, d) / kMostInput, static_cast<float>(sizes) / kMostSum);
  if (!is_usable_ || scale < kLeastScale) {
    remainder_ = norm_;
    return;
  }
  scale_ = scale;
  remainder_ = Above(std::sqrt(LayCodes(x, d, scale, kMostInput, codes_.data()).left));
}

void ScreenedInput::Bound(const EncoderScreen& screen, int64_t from, int64_t to, float* low, float* high) const {
  constexpr int64_t kBlock = 32;
  for (int64_t first = from; first < to; first += kBlock) {
    const int64_t n = std::min(kBlock, to - first);
    int32_t sums[kBlock];
    for (int64_t i = 0; i < n; i += 4) MultiplyFour(codes_.data(), screen.codes(first + i), screen.stride(), sums + i);
    const float *scales = screen.scales() + first, *norms = screen.norms() + first, *remainders = screen.remainders() + first;
    for (int64_t i = 0; i < n; i++) {
      const float product = scales[i] * scale_ * static_cast<float>(sums[i]);
      const float off = (remainders[i] * norm_ + norms[i] * remainder_ + std::fabs(product) * 4 * kUnit) * kOver + kUnderflow;
      low[first + i] = product - off;
      high[first + i] = product + off;
    }
  }
}

}  // namespace stanscope
