// What of a STAN encoder's pre-activations can be among the k largest, by a copy of the encoder in 8 bits. Only those are then computed from the encoder
// itself, so that a step of decoding reads a quarter of it; what is kept is bit for bit the same.
#pragma once

#include "kernel-support.h"
#include "rows.h"

namespace stanscope {

// E (latents, d) as s q + remainder, q in 8 bits and s by latent, as StanscopeEncoderScreen lays it out: of each latent s, the norm of s q, and the
// remainder's norm with what rounding adds to the encoder's own product, for an input of norm 1; then q.
class EncoderScreen {
 public:
  // Words that a screen has.
  static int64_t Words(int64_t latents, int64_t d);

  // From so many words of memory; another number than it has to be is no screen.
  EncoderScreen(const int32_t* words, int64_t count, int64_t latents, int64_t d);

  explicit operator bool() const { return codes_ != nullptr; }
  const float* scales() const { return of_latents_; }
  const float* norms() const { return of_latents_ + latents_; }
  const float* remainders() const { return of_latents_ + 2 * latents_; }
  const int8_t* codes(int64_t i) const { return codes_ + i * stride_; }
  int64_t stride() const { return stride_; }

 private:
  const float* of_latents_ = nullptr;
  const int8_t* codes_ = nullptr;
  int64_t latents_, stride_;
};

// x (d) in 16 bits, and bounds of what that leaves.
class ScreenedInput {
 public:
  ScreenedInput(const float* x, int64_t d);

  // False where x has no finite norm, or one so large that a product might overflow.
  bool is_usable() const { return is_usable_; }

  // Between which bounds the encoder's own products with x lie, of latents from…to - 1; from is a multiple of four.
  void Bound(const EncoderScreen& screen, int64_t from, int64_t to, float* low, float* high) const;

 private:
  std::vector<int16_t> codes_;
  float scale_ = 0, norm_ = 0, remainder_ = 0;
  bool is_usable_ = false;
};

}  // namespace stanscope
