// Work on single rows that several kernels share. Each is compiled once, so that a fused kernel gives bit for bit what the
// kernels that it stands for give, and a row the same values whatever rows stand beside it.
#pragma once

#include <cstdint>
#include <functional>

namespace stanscope {

// y[t * y_stride + o] = x_t . w_o for all tokens and `outputs` rows of w (d long, one after another). Weights in bfloat16 are widened;
// tokens and sums stay float.
void MultiplyRows(const float* x, int64_t tokens, int64_t d, const float* w, int64_t outputs, float* y, int64_t y_stride);
void MultiplyRows(const float* x, int64_t tokens, int64_t d, const uint16_t* w, int64_t outputs, float* y, int64_t y_stride);

// Calls work(from, to) on parts of 0…outputs, cut where MultiplyRows cuts, from all threads; `d` is a row's length in weights.
void SplitOutputs(int64_t outputs, int64_t d, const std::function<void(int64_t, int64_t)>& work);

// y = x r w, where r = 1 / sqrt(mean(x^2) + eps) is given back.
float RmsNormRow(const float* x, const float* w, float eps, int64_t d, float* y);

// y = silu(gate) * up; y may be one of them.
void SiluMulRow(const float* gate, const float* up, int64_t n, float* y);

// y = GELU(gate) * up in its tanh form; y may be one of them.
void GeluTanhMulRow(const float* gate, const float* up, int64_t n, float* y);

// y = cap * tanh(x / cap); y may be x.
void SoftCapRow(const float* x, float cap, int64_t n, float* y);

// The k largest of a row and their places by ascending place; of equal ones the lower place.
void KeepLargest(const float* row, int64_t width, int64_t k, float* values, int32_t* places);

// y (d) = the sum of n rows of `dense` (d long, one after another), each times its weight.
void WeightedSum(const float* dense, int64_t d, const int32_t* rows, const float* weights, int64_t n, float* y);

}  // namespace stanscope
