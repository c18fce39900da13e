// Each format of packed weights: how many values a block has and bytes it takes, and how one is written as floats. Only for kernels that must have this
// inlined; others include packed.h.
#pragma once

#include "kernel-support.h"
#include "packed.h"

#if defined(__F16C__) || defined(__AVX2__) || defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace stanscope {

template <class T>
inline T Read(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline float Half(const uint8_t* from) {
  const uint16_t bits = Read<uint16_t>(from);
#if defined(__F16C__)
  return _cvtsh_ss(bits);
#else
  const uint32_t sign = (bits & 0x8000u) << 16, rest = bits & 0x7fffu;
  float value;
  const uint32_t widened = rest >= 0x7c00u ? 0x7f800000u | (rest << 13) : (rest << 13);
  std::memcpy(&value, &widened, sizeof value);
  if (rest < 0x7c00u) value *= 0x1p112f;  // the exponent's bias is 15 in the one and 127 in the other
  uint32_t signed_bits;
  std::memcpy(&signed_bits, &value, sizeof value);
  signed_bits |= sign;
  std::memcpy(&value, &signed_bits, sizeof value);
  return value;
#endif
}

using Ints = int32_t __attribute__((vector_size(64)));

// Sixteen bytes as integers. GCC takes many steps where the processor has one.
inline Ints Bytes(const uint8_t* from) {
#if defined(__AVX512F__)
  return reinterpret_cast<Ints>(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
#else
  Ints ints;
#if defined(__AVX2__)
  const __m256i halves[2] = {_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))),
                             _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + 8)))};
  std::memcpy(&ints, halves, sizeof ints);
#else
  for (int i = 0; i < 16; i++) ints[i] = from[i];
#endif
  return ints;
#endif
}

inline Ints SignedBytes(const uint8_t* from) { return Bytes(from) << 24 >> 24; }

inline Lanes Floats(Ints ints) { return __builtin_convertvector(ints, Lanes); }

inline void Store(float* to, Lanes lanes) { std::memcpy(to, &lanes, sizeof lanes); }


struct F16 {
  static constexpr int64_t kValues = 1, kBytes = 2;
  static void Write(const uint8_t* block, float* y) { *y = Half(block); }
};

struct BF16 {
  static constexpr int64_t kValues = 1, kBytes = 2;
  static void Write(const uint8_t* block, float* y) {
    const uint32_t bits = static_cast<uint32_t>(Read<uint16_t>(block)) << 16;
    std::memcpy(y, &bits, sizeof bits);
  }
};

// d, 16 bytes with value i in the low and value i + 16 in the high half: d (q - 8)
struct Q4_0 {
  static constexpr int64_t kValues = 32, kBytes = 18;
  static void Write(const uint8_t* block, float* y) {
    const float d = Half(block);
    const Ints q = Bytes(block + 2);
    Store(y, d * Floats((q & 15) - 8));
    Store(y + 16, d * Floats((q >> 4) - 8));
  }
};

// d, m, 16 bytes as above: d q + m
struct Q4_1 {
  static constexpr int64_t kValues = 32, kBytes = 20;
  static void Write(const uint8_t* block, float* y) {
    const float d = Half(block), m = Half(block + 2);
    const Ints q = Bytes(block + 4);
    Store(y, d * Floats(q & 15) + m);
    Store(y + 16, d * Floats(q >> 4) + m);
  }
};

// The fifth bit of value i is bit i of 4 bytes, 16 bytes with the other four follow as above: d (q - offset) + m
template <int kOffset>
inline void WriteFiveBits(const uint8_t* block, float d, float m, float* y) {
  const uint32_t fifths = Read<uint32_t>(block);
  const Ints q = Bytes(block + 4), places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const auto scaled = [=](Ints low, int32_t bits) {
    const Lanes values = d * Floats((low | ((Ints{} + bits) >> places & 1) << 4) - kOffset);
    return kOffset == 0 ? values + m : values;
  };
  Store(y, scaled(q & 15, static_cast<int32_t>(fifths & 0xffff)));
  Store(y + 16, scaled(q >> 4, static_cast<int32_t>(fifths >> 16)));
}

// d, fifth bits, 16 bytes: d (q - 16)
struct Q5_0 {
  static constexpr int64_t kValues = 32, kBytes = 22;
  static void Write(const uint8_t* block, float* y) { WriteFiveBits<16>(block + 2, Half(block), 0.f, y); }
};

// d, m, fifth bits, 16 bytes: d q + m
struct Q5_1 {
  static constexpr int64_t kValues = 32, kBytes = 24;
  static void Write(const uint8_t* block, float* y) { WriteFiveBits<0>(block + 4, Half(block), Half(block + 2), y); }
};

// d, 32 signed bytes: d q
struct Q8_0 {
  static constexpr int64_t kValues = 32, kBytes = 34;
  static void Write(const uint8_t* block, float* y) {
    const float d = Half(block);
    Store(y, d * Floats(SignedBytes(block + 2)));
    Store(y + 16, d * Floats(SignedBytes(block + 18)));
  }
};

// Scale and minimum of a group of 32: groups 0 to 3 have their 6 bits in one byte each; those of 4 to 7 lie in the halves of the last four bytes and the
// top bits of the first eight.
struct Group {
  float scale, minimum;
  Group(const uint8_t* block, int group) {
    const uint8_t* s = block + 4;
    const int scale_bits = group < 4 ? s[group] & 63 : (s[group + 4] & 15) | (s[group - 4] >> 6 << 4);
    const int minimum_bits = group < 4 ? s[group + 4] & 63 : (s[group + 4] >> 4) | (s[group] >> 6 << 4);
    scale = Half(block) * static_cast<float>(scale_bits);
    minimum = Half(block + 2) * static_cast<float>(minimum_bits);
  }
};

// d, dmin, 12 bytes of scales and minimums, 128 bytes of which a run of 32 holds one group in the low and the next in the high halves
struct Q4_K {
  static constexpr int64_t kValues = 256, kBytes = 144;
  static void Write(const uint8_t* block, float* y) {
    for (int pair = 0; pair < 4; pair++) {
      const uint8_t* q = block + 16 + 32 * pair;
      const Group low(block, 2 * pair), high(block, 2 * pair + 1);
      for (int i = 0; i < 32; i += 16) {
        const Ints values = Bytes(q + i);
        Store(y + 64 * pair + i, low.scale * Floats(values & 15) - low.minimum);
        Store(y + 64 * pair + 32 + i, high.scale * Floats(values >> 4) - high.minimum);
      }
    }
  }
};

// As Q4_K with 32 bytes between scales and values, in which bit g of byte i is the fifth bit of value i of group g
struct Q5_K {
  static constexpr int64_t kValues = 256, kBytes = 176;
  static void Write(const uint8_t* block, float* y) {
    const uint8_t* fifths = block + 16;
    for (int pair = 0; pair < 4; pair++) {
      const uint8_t* q = block + 48 + 32 * pair;
      const Group low(block, 2 * pair), high(block, 2 * pair + 1);
      for (int i = 0; i < 32; i += 16) {
        const Ints values = Bytes(q + i), fifth = Bytes(fifths + i) >> (2 * pair);
        Store(y + 64 * pair + i, low.scale * Floats((values & 15) | (fifth & 1) << 4) - low.minimum);
        Store(y + 64 * pair + 32 + i, high.scale * Floats(values >> 4 | (fifth >> 1 & 1) << 4) - high.minimum);
      }
    }
  }
};

// 128 bytes of low 4 bits, 64 of high 2 bits, 16 signed scales, d: d scale (q - 32)
struct Q6_K {
  static constexpr int64_t kValues = 256, kBytes = 210;
  static void Write(const uint8_t* block, float* y) {
    const float d = Half(block + 208);
    const int8_t* scales = reinterpret_cast<const int8_t*>(block + 192);
    for (int half = 0; half < 2; half++) {
      for (int quarter = 0; quarter < 4; quarter++) {
        const uint8_t* low = block + 64 * half + 32 * (quarter & 1);
        const uint8_t* high = block + 128 + 32 * half;
        for (int part = 0; part < 2; part++) {
          const float scale = d * static_cast<float>(scales[8 * half + 2 * quarter + part]);
          const Ints q = (Bytes(low + 16 * part) >> (quarter < 2 ? 0 : 4) & 15) | (Bytes(high + 16 * part) >> (2 * quarter) & 3) << 4;
          Store(y + 128 * half + 32 * quarter + 16 * part, scale * Floats(q - 32));
        }
      }
    }
  }
};

// absmax (float), 32 bytes with value i in the low and value i + 32 in the high half, each a level of absmax
struct NF4 {
  static constexpr int64_t kValues = 64, kBytes = 36;
  static void Write(const uint8_t* block, float* y) {
    static constexpr float kLevels[16] = {
        -1.f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f,
        -0.09105003625154495f, 0.f, 0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
        0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.f};
    const float largest = Read<float>(block);
    const uint8_t* q = block + 4;
#if defined(__AVX512F__)
    const __m512 scaled = _mm512_mul_ps(_mm512_loadu_ps(kLevels), _mm512_set1_ps(largest));
    for (int half = 0; half < 2; half++) {
      const __m512i pairs = _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(q + 16 * half)));
      _mm512_storeu_ps(y + 16 * half, _mm512_permutexvar_ps(pairs, scaled));  // reads the lowest four bits of each place
      _mm512_storeu_ps(y + 32 + 16 * half, _mm512_permutexvar_ps(_mm512_srli_epi32(pairs, 4), scaled));
    }
#else
    float scaled[16];
    for (int level = 0; level < 16; level++) scaled[level] = kLevels[level] * largest;
    for (int i = 0; i < 32; i++) {
      y[i] = scaled[q[i] & 15];
      y[i + 32] = scaled[q[i] >> 4];
    }
#endif
  }
};

// Calls use(Block()) with the format's block.
template <class Use>
inline bool With(Format format, const Use& use) {
  switch (format) {
    case Format::kF16: return use(F16()), true;
    case Format::kQ4_0: return use(Q4_0()), true;
    case Format::kQ4_1: return use(Q4_1()), true;
    case Format::kQ5_0: return use(Q5_0()), true;
    case Format::kQ5_1: return use(Q5_1()), true;
    case Format::kQ8_0: return use(Q8_0()), true;
    case Format::kQ4_K: return use(Q4_K()), true;
    case Format::kQ5_K: return use(Q5_K()), true;
    case Format::kQ6_K: return use(Q6_K()), true;
    case Format::kBF16: return use(BF16()), true;
    case Format::kNF4: return use(NF4()), true;
  }
  return false;
}

}  // namespace stanscope
