// Each format of packed weights: how many values a block has and bytes it takes, and its values as floats. Only for kernels that must have this inlined;
// others include packed.h.
#pragma once

#include "packed-lanes.h"
#include "packed.h"

namespace stanscope {

// Formats of single values, which lie one after another.
struct F16 {
  static constexpr int64_t kValues = 1, kBytes = 2;
  using Value = Float16;
};

struct BF16 {
  static constexpr int64_t kValues = 1, kBytes = 2;
  using Value = uint16_t;
};

// All others call use(i, the sixteen values from i on) for i = 0, 16, … in this order.

// d, 16 bytes with value i in the low and value i + 16 in the high half: d (q - 8)
struct Q4_0 {
  static constexpr int64_t kValues = 32, kBytes = 18;
  template <class Use>
  static inline void Each(const uint8_t* block, const Use& use) {
    const Levels<4, 8> levels(Splat(Half(block)));
    const Ints q = Bytes(block + 2);
    use(0, levels(q));
    use(16, levels(q >> 4));
  }
};

// d, m, 16 bytes as above: d q + m
struct Q4_1 {
  static constexpr int64_t kValues = 32, kBytes = 20;
  template <class Use>
  static inline void Each(const uint8_t* block, const Use& use) {
    const HalfPair scales(block);
    const Levels<4, 0> levels(scales.first, scales.second);
    const Ints q = Bytes(block + 4);
    use(0, levels(q));
    use(16, levels(q >> 4));
  }
};

// The fifth bit of value i is bit i of 4 bytes, 16 bytes with the other four follow as above.
template <int kOffset, class Use>
inline void EachOfFiveBits(const uint8_t* block, const Levels<5, kOffset>& levels, const Use& use) {
  const uint32_t fifths = Read<uint32_t>(block);
  const Ints q = Bytes(block + 4);
  const auto fifth = [](uint32_t bits) { return (Ints{} + static_cast<int32_t>(bits)) >> kCount & 16; };
  use(0, levels((q & 15) | fifth((fifths & 0xffff) << 4)));
  use(16, levels(q >> 4 | fifth(fifths >> 12)));
}

// d, fifth bits, 16 bytes: d (q - 16)
struct Q5_0 {
  static constexpr int64_t kValues = 32, kBytes = 22;
  template <class Use>
  static inline void Each(const uint8_t* block, const Use& use) {
    EachOfFiveBits(block + 2, Levels<5, 16>(Splat(Half(block))), use);
  }
};

// d, m, fifth bits, 16 bytes: d q + m
struct Q5_1 {
  static constexpr int64_t kValues = 32, kBytes = 24;
  template <class Use>
  static inline void Each(const uint8_t* block, const Use& use) {
    const HalfPair scales(block);
    EachOfFiveBits(block + 4, Levels<5, 0>(scales.first, scales.second), use);
  }
};

// d, 32 signed bytes: d q
struct Q8_0 {
  static constexpr int64_t kValues = 32, kBytes = 34;
  template <class Use>
  static inline void Each(const uint8_t* block, const Use& use) {
    const Lanes d = Splat(Half(block));
    use(0, d * Floats(SignedBytes(block + 2)));
    use(16, d * Floats(SignedBytes(block + 18)));
  }
};

// Scales and minimums of eight groups of 32: groups 0 to 3 have their 6 bits in one byte each; those of 4 to 7 lie in the halves of the last four of twelve
// bytes and the top bits of the first eight.
class Groups {
 public:
  explicit Groups(const uint8_t* block) {
    using Words = uint32_t __attribute__((vector_size(16)));
    const Words words = Read<Words>(block);  // d and dmin, then the twelve bytes
    const Words firsts = __builtin_shuffle(words, Words{1, 1, 2, 2}), lasts = __builtin_shuffle(words, Words{3, 3, 3, 3});
    const Words bits = (firsts >> Words{0, 2, 0, 2} & Words{0x3f3f3f3f, 0x30303030, 0x3f3f3f3f, 0x30303030}) |
                       (lasts >> Words{0, 0, 0, 4} & Words{0, 0x0f0f0f0f, 0, 0x0f0f0f0f});
    const HalfPair factors(block);
    Store(values_, (kCount < 8 ? factors.first : -factors.second) * Floats(Widened(reinterpret_cast<Octets>(bits))));
  }
  template <int kBits>
  Levels<kBits, 0> levels(int group) const {
    return {Splat(values_[group]), Splat(values_[8 + group])};
  }

 private:
  alignas(64) float values_[16];
};

// d, dmin, 12 bytes of scales and minimums, 128 bytes of which a run of 32 holds one group in the low and the next in the high halves: d scale q - dmin minimum
struct Q4_K {
  static constexpr int64_t kValues = 256, kBytes = 144;
  template <class Use>
  static inline void Each(const uint8_t* block, const Use& use) {
    const Groups groups(block);
    for (int pair = 0; pair < 4; pair++) {
      const uint8_t* q = block + 16 + 32 * pair;
      const auto low = groups.levels<4>(2 * pair), high = groups.levels<4>(2 * pair + 1);
      const Ints first = Bytes(q), second = Bytes(q + 16);
      use(64 * pair, low(first));
      use(64 * pair + 16, low(second));
      use(64 * pair + 32, high(first >> 4));
      use(64 * pair + 48, high(second >> 4));
    }
  }
};

// As Q4_K with 32 bytes between scales and values, in which bit g of byte i is the fifth bit of value i of group g
struct Q5_K {
  static constexpr int64_t kValues = 256, kBytes = 176;
  template <class Use>
  static inline void Each(const uint8_t* block, const Use& use) {
    const Groups groups(block);
    const Ints fifths[2] = {Bytes(block + 16) << 4, Bytes(block + 32) << 4};
    for (int pair = 0; pair < 4; pair++) {
      const uint8_t* q = block + 48 + 32 * pair;
      const auto low = groups.levels<5>(2 * pair), high = groups.levels<5>(2 * pair + 1);
      const Ints first = Bytes(q), second = Bytes(q + 16);
      use(64 * pair, low((first & 15) | (fifths[0] >> (2 * pair) & 16)));
      use(64 * pair + 16, low((second & 15) | (fifths[1] >> (2 * pair) & 16)));
      use(64 * pair + 32, high(first >> 4 | (fifths[0] >> (2 * pair + 1) & 16)));
      use(64 * pair + 48, high(second >> 4 | (fifths[1] >> (2 * pair + 1) & 16)));
    }
  }
};

// 128 bytes of low 4 bits, 64 of high 2 bits, 16 signed scales, d: d scale (q - 32)
struct Q6_K {
  static constexpr int64_t kValues = 256, kBytes = 210;
  template <class Use>
  static inline void Each(const uint8_t* block, const Use& use) {
    alignas(64) float scales[16];
    Store(scales, Half(block + 208) * Floats(SignedBytes(block + 192)));
    for (int half = 0; half < 2; half++) {
      const uint8_t *low = block + 64 * half, *high = block + 128 + 32 * half;
      const Ints lows[4] = {Bytes(low), Bytes(low + 16), Bytes(low + 32), Bytes(low + 48)}, highs[2] = {Bytes(high), Bytes(high + 16)};
      const auto scaled = [&](int part, Ints q) { return scales[8 * half + part] * Floats(q - 32); };
      const int64_t place = 128 * half;
      for (int i = 0; i < 2; i++) use(place + 16 * i, scaled(i, (lows[i] & 15) | (highs[i] << 4 & 48)));
      for (int i = 0; i < 2; i++) use(place + 32 + 16 * i, scaled(2 + i, (lows[2 + i] & 15) | (highs[i] << 2 & 48)));
      for (int i = 0; i < 2; i++) use(place + 64 + 16 * i, scaled(4 + i, lows[i] >> 4 | (highs[i] & 48)));
      for (int i = 0; i < 2; i++) use(place + 96 + 16 * i, scaled(6 + i, lows[2 + i] >> 4 | (highs[i] >> 2 & 48)));
    }
  }
};

// absmax (float), 32 bytes with value i in the low and value i + 32 in the high half, each a level of absmax
struct NF4 {
  static constexpr int64_t kValues = 64, kBytes = 36;
  template <class Use>
  static inline void Each(const uint8_t* block, const Use& use) {
    const Table levels(Lanes{-1.f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f,
                                -0.09105003625154495f, 0.f, 0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
                                0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.f} *
                          Read<float>(block));
    const Ints first = Bytes(block + 4), second = Bytes(block + 20);
    use(0, levels(first));
    use(16, levels(second));
    use(32, levels(first >> 4));
    use(48, levels(second >> 4));
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
