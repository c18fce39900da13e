// Products of a step of decoding that several kernels are made of.
#pragma once

#include "kernel-support.h"
#include "rows.h"

namespace stanscope {

inline void RmsNormRows(const Input& x, const Input& gain, const Input& eps, float* y) {
  const int64_t rows = x.dim(0), d = x.dim(1);
  for (int64_t row = 0; row < rows; row++) RmsNormRow(x.data() + row * d, gain.data(), *eps.data(), d, y + row * d);
}

// x (rows, d), w (2 * width, d), gates above ups -> Gate(gate) * up (rows, width)
template <void (*Gate)(const float* gate, const float* up, int64_t n, float* y), class Values>
void GatedProduct(const float* x, int64_t rows, int64_t d, Values w, int64_t width, float* y) {
  SplitOutputs(width, 2 * d, [=](int64_t from, int64_t to) {
    const int64_t n = to - from;
    std::vector<float> up(rows * n);
    MultiplyRows(x, rows, d, w + from * d, n, y + from, width);
    MultiplyRows(x, rows, d, w + (width + from) * d, n, up.data(), n);
    for (int64_t row = 0; row < rows; row++) {
      float* gate = y + row * width + from;
      Gate(gate, up.data() + row * n, n, gate);
    }
  });
}

// x (rows, d), w (outputs, d), residual (rows, outputs) -> residual + x w^T
template <class Values>
void ProductAdd(const float* x, int64_t rows, int64_t d, Values w, int64_t outputs, const float* residual, float* y) {
  SplitOutputs(outputs, d, [=](int64_t from, int64_t to) {
    MultiplyRows(x, rows, d, w + from * d, to - from, y + from, outputs);
    for (int64_t row = 0; row < rows; row++) {
      for (int64_t o = row * outputs + from; o < row * outputs + to; o++) y[o] += residual[o];
    }
  });
}

}  // namespace stanscope
