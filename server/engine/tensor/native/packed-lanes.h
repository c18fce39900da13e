// Bytes, halves and bfloat16 as sixteen lanes, in the fewest steps that the processor has: GCC takes many where there is one. What packed formats are
// unpacked with.
#pragma once

// Ordered, so that packed weights are multiplied as their floats are.
#include "ordered-lanes.h"

#if defined(__F16C__) || defined(__AVX2__) || defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace stanscope {

using Ints = int32_t __attribute__((vector_size(64)));
using Octets = uint8_t __attribute__((vector_size(16)));
constexpr Ints kCount = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

template <class T>
inline T Read(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline Lanes Floats(Ints ints) { return __builtin_convertvector(ints, Lanes); }

inline Ints Widened(Octets octets) {
#if defined(__AVX512F__)
  return reinterpret_cast<Ints>(_mm512_cvtepu8_epi32(reinterpret_cast<__m128i>(octets)));
#elif defined(__AVX2__)
  const __m128i bytes = reinterpret_cast<__m128i>(octets);
  const __m256i halves[2] = {_mm256_cvtepu8_epi32(bytes), _mm256_cvtepu8_epi32(_mm_unpackhi_epi64(bytes, bytes))};
  return Read<Ints>(halves);
#else
  return __builtin_convertvector(octets, Ints);
#endif
}

// Sixteen bytes as integers.
inline Ints Bytes(const uint8_t* from) { return Widened(Read<Octets>(from)); }

inline Ints SignedBytes(const uint8_t* from) {
#if defined(__AVX512F__)
  return reinterpret_cast<Ints>(_mm512_cvtepi8_epi32(Read<__m128i>(from)));
#elif defined(__AVX2__)
  const __m256i halves[2] = {_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))),
                             _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + 8)))};
  return Read<Ints>(halves);
#else
  return Bytes(from) << 24 >> 24;
#endif
}

// A float16, as files hold it.
struct Float16 {
  uint16_t bits;
};

inline float Half(const uint8_t* from) {
  const uint16_t bits = Read<uint16_t>(from);
#if defined(__F16C__)
  return _cvtsh_ss(bits);
#else
  const uint32_t sign = (bits & 0x8000u) << 16, rest = bits & 0x7fffu;
  const uint32_t widened = rest >= 0x7c00u ? 0x7f800000u | (rest << 13) : (rest << 13);
  float value = Read<float>(&widened);
  if (rest < 0x7c00u) value *= 0x1p112f;  // the exponent's bias is 15 in the one and 127 in the other
  const uint32_t signed_bits = Read<uint32_t>(&value) | sign;
  return Read<float>(&signed_bits);
#endif
}

inline Lanes Load(const Float16* from) {
#if defined(__AVX512F__)
  return reinterpret_cast<Lanes>(_mm512_cvtph_ps(Read<__m256i>(from)));
#elif defined(__F16C__)
  const __m256 halves[2] = {_mm256_cvtph_ps(Read<__m128i>(from)), _mm256_cvtph_ps(Read<__m128i>(from + 8))};
  return Read<Lanes>(halves);
#else
  Lanes lanes;
  for (int i = 0; i < kLanes; i++) lanes[i] = Half(reinterpret_cast<const uint8_t*>(from + i));
  return lanes;
#endif
}

// bfloat16 is the upper half of a float.
inline Lanes Load(const uint16_t* bfloat16) {
  using Halves = uint16_t __attribute__((vector_size(32)));
  using Words = uint32_t __attribute__((vector_size(64)));
#if defined(__AVX512F__)
  const Words words = reinterpret_cast<Words>(_mm512_maskz_cvtepu16_epi32(0xffff, Read<__m256i>(bfloat16)));
#else
  const Words words = __builtin_convertvector(Read<Halves>(bfloat16), Words);
#endif
  return reinterpret_cast<Lanes>(words << 16);
}

template <class Value>
inline Lanes LoadPart(const Value* from, int64_t n) {
  Value values[kLanes] = {};
  std::memcpy(values, from, n * sizeof *from);
  return Load(values);
}

// Two float16 that lie one after the other, each in all lanes.
struct HalfPair {
  Lanes first, second;
  explicit HalfPair(const uint8_t* from) {
#if defined(__AVX512F__)
    const __m512 pairs = _mm512_cvtph_ps(_mm256_set1_epi32(Read<int32_t>(from)));
    first = reinterpret_cast<Lanes>(_mm512_moveldup_ps(pairs));
    second = reinterpret_cast<Lanes>(_mm512_movehdup_ps(pairs));
#else
    first = Splat(Half(from));
    second = Splat(Half(from + 2));
#endif
  }
};

// Sixteen values, looked up by the lowest four bits of each lane.
class Table {
 public:
  explicit Table(Lanes values) : values_(values) {}
  Lanes operator()(Ints q) const {
#if defined(__AVX512F__)
    return reinterpret_cast<Lanes>(_mm512_permutexvar_ps(reinterpret_cast<__m512i>(q), reinterpret_cast<__m512>(values_)));
#elif defined(__AVX2__)
    const __m256 *values = reinterpret_cast<const __m256*>(&values_);
    __m256 found[2];
    for (int half = 0; half < 2; half++) {
      const __m256i places = reinterpret_cast<const __m256i*>(&q)[half];
      const __m256 low = _mm256_permutevar8x32_ps(values[0], places), high = _mm256_permutevar8x32_ps(values[1], places);
      found[half] = _mm256_blendv_ps(low, high, _mm256_castsi256_ps(_mm256_slli_epi32(places, 28)));
    }
    return Read<Lanes>(found);
#else
    Lanes found;
    for (int i = 0; i < kLanes; i++) found[i] = values_[q[i] & 15];
    return found;
#endif
  }

 private:
  Lanes values_;
};

// d (q - kOffset) + m of numbers of kBits bits. d q has so few bits that it is exact: each value is rounded once.
template <int kBits, int kOffset>
class Levels {
 public:
#if defined(__AVX512F__)
  explicit Levels(Lanes d) : low_(d * Floats(kCount - kOffset)), high_(d * Floats(kCount + (16 - kOffset))) {}
  Levels(Lanes d, Lanes m) : low_(d * Floats(kCount - kOffset) + m), high_(d * Floats(kCount + (16 - kOffset)) + m) {}

  // Of the lowest kBits bits of q, whatever is above them.
  Lanes operator()(Ints q) const {
    const __m512 low = reinterpret_cast<__m512>(low_), high = reinterpret_cast<__m512>(high_);
    const __m512i places = reinterpret_cast<__m512i>(q);
    return reinterpret_cast<Lanes>(kBits == 4 ? _mm512_permutexvar_ps(places, low) : _mm512_permutex2var_ps(low, places, high));
  }

 private:
  Lanes low_, high_;
#else
  explicit Levels(Lanes d) : d_(d), m_() {}
  Levels(Lanes d, Lanes m) : d_(d), m_(m), has_minimum_(true) {}

  Lanes operator()(Ints q) const {
    const Lanes scaled = d_ * Floats((q & ((1 << kBits) - 1)) - kOffset);
    return has_minimum_ ? scaled + m_ : scaled;
  }

 private:
  Lanes d_, m_;
  bool has_minimum_ = false;
#endif
};

}  // namespace stanscope
