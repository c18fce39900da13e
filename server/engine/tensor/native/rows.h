// Work on single rows that several kernels share. Each is compiled once, so that a fused kernel gives bit for bit what the
// kernels that it stands for give, and a row the same values whatever rows stand beside it.
#pragma once

#include <cstdint>
#include <functional>

#include "kernel-support.h"
#include "packed.h"

namespace stanscope {

// y[t * y_stride + o] = x_t . w_o for all tokens and `outputs` rows of w (d long, one after another). Weights in bfloat16 are widened;
// tokens and sums stay float.
void MultiplyRows(const float* x, int64_t tokens, int64_t d, const float* w, int64_t outputs, float* y, int64_t y_stride);
void MultiplyRows(const float* x, int64_t tokens, int64_t d, const uint16_t* w, int64_t outputs, float* y, int64_t y_stride);
// Packed weights are unpacked as they are multiplied: the products are bit for bit those of the same weights as floats.
void MultiplyRows(const float* x, int64_t tokens, int64_t d, Packed w, int64_t outputs, float* y, int64_t y_stride);

// y[j] = x . w_rows[j]: bit for bit what MultiplyRows gives of these rows.
void MultiplyListedRows(const float* x, int64_t d, const float* w, const int32_t* rows, int64_t n, float* y);
void MultiplyListedRows(const float* x, int64_t d, const uint16_t* w, const int32_t* rows, int64_t n, float* y);

// A matrix of rows that are d long, as a kernel reads it from its inputs: from `place`, where packed with the format in the input after it.
template <class Weight>
class Matrix {
 public:
  Matrix(TF_OpKernelContext* context, int place, int64_t) : input_(context, place) {}
  int64_t rows() const { return input_.dim(0); }
  const Weight* values() const { return input_.data<Weight>(); }
  static constexpr int kInputs = 1;

 private:
  Input input_;
};

template <>
class Matrix<Packed> {
 public:
  Matrix(TF_OpKernelContext* context, int place, int64_t d)
      : blocks_(context, place), format_(context, place + 1), d_(d), size_(BlockSizeOf(format())) {}
  int64_t rows() const {
    const int64_t row_bytes = d_ / size_.values * size_.bytes;
    return row_bytes == 0 ? 0 : blocks_.size() / row_bytes;
  }
  Packed values() const { return {format(), size_, blocks_.data<uint8_t>()}; }
  static constexpr int kInputs = 2;

 private:
  Format format() const { return static_cast<Format>(*format_.data<int32_t>()); }
  Input blocks_, format_;
  int64_t d_;
  BlockSize size_;
};

// Calls work(from, to) on parts of 0…outputs, cut where MultiplyRows cuts, from all threads; `d` is a row's length in weights.
void SplitOutputs(int64_t outputs, int64_t d, const std::function<void(int64_t, int64_t)>& work);

// y = x r w, where r = 1 / sqrt(mean(x^2) + eps) is given back.
float RmsNormRow(const float* x, const float* w, float eps, int64_t d, float* y);

// y = silu(gate) * up; y may be one of them.
void SiluMulRow(const float* gate, const float* up, int64_t n, float* y);

// y = GELU(gate) * up in its tanh form; y may be one of them.
void GeluTanhMulRow(const float* gate, const float* up, int64_t n, float* y);

// One head's rotation, `sin` with the sign of rotate-half in its first half.
void RotateHead(const float* x, const float* cos, const float* sin, float sign, int64_t half, float* y);

// y = cap * tanh(x / cap); y may be x.
void SoftCapRow(const float* x, float cap, int64_t n, float* y);

// The k largest of a row and their places by ascending place; of equal ones the lower place.
void KeepLargest(const float* row, int64_t width, int64_t k, float* values, int32_t* places);

// y (d) = the sum of n rows of `dense` (d long, one after another), each times its weight.
void WeightedSum(const float* dense, int64_t d, const int32_t* rows, const float* weights, int64_t n, float* y);

}  // namespace stanscope
