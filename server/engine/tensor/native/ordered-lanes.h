// Lanes for kernels whose rounding must not depend on how the compiler arranges them.
#pragma once

// Before all else: sums stay in the order that they are written in, so that a number does not depend on the block it is computed in.
#pragma GCC optimize("no-associative-math,no-reciprocal-math")

#include "kernel-support.h"

namespace stanscope {

inline void Store(float* to, Lanes lanes) { std::memcpy(to, &lanes, sizeof lanes); }
inline Lanes Splat(float x) { return Lanes{} + x; }
inline Lanes Larger(Lanes a, Lanes b) { return b > a ? b : a; }

// As Exp, on all lanes and with fewer roundings, 8e-8 relative: over many terms its error would be most of a softmax's.
inline Lanes ExpLanes(Lanes x) {
  using Whole = int32_t __attribute__((vector_size(64)));
  x = x < Splat(-87.f) ? Splat(-87.f) : x;
  x = x > Splat(87.f) ? Splat(87.f) : x;
  const Lanes y = x * 1.44269504f;
  const Whole whole = __builtin_convertvector(y + (y < Lanes{} ? Splat(-0.5f) : Splat(0.5f)), Whole);
  const Lanes n = __builtin_convertvector(whole, Lanes);
  const Lanes r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const Lanes power = reinterpret_cast<Lanes>((whole + 127) << 23), above_one = r * r * p + r;
  return above_one * power + power;
}

}  // namespace stanscope
