// What an adapter does with one row of a step of decoding.
#pragma once

#include "kernel-support.h"

namespace stanscope {

enum class Selection { kSigned = 0, kRelu = 1, kAbs = 2, kAll = 3 };

// What is kept of one row of pre-activations, by ascending latent.
void Keep(const float* z, int64_t latents, int64_t k, Selection selection, float* values, int32_t* indices);

// The same of x (d), whose product with the encoder (latents, d) lies between `low` and `high` by latent: only those latents are computed that can be
// among the k.
template <class Weight>
void KeepBetween(const float* x, int64_t d, const Weight* encoder, const float* low, const float* high, int64_t latents, int64_t k,
                 Selection selection, float* values, int32_t* indices);

// y (d) = base + the sum of the decoder's rows, each times scaling and its value; entries of value 0 are left out. y may be base.
void WriteRow(const float* base, const float* decoder, int64_t d, const int32_t* indices, const float* values, int64_t k, float scaling,
              float* y);

}  // namespace stanscope
