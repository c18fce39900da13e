#include "kernel-support.h"
#include "rows.h"

namespace stanscope {
namespace {

constexpr int64_t kGrain = 8;

// The input's shape with the last axis of length 1: one number a row.
Shape RowShape(const Input& x) {
  Shape shape = x.shape();
  shape.back() = 1;
  return shape;
}

// x (rows, d), weight (d), eps () -> x r w and r (rows, 1), the reciprocal root of the mean square, which the backward needs
void RmsNorm(void*, TF_OpKernelContext* context) {
  Input input(context, 0), weight(context, 1), epsilon(context, 2);
  const int64_t rows = input.rows(), d = input.width();
  float* output = FloatOutput(context, 0, input.shape());
  float* inverse = FloatOutput(context, 1, RowShape(input));
  const float *data = input.data(), *w = weight.data(), eps = *epsilon.data();
  Split(rows, kGrain, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) inverse[row] = RmsNormRow(data + row * d, w, eps, d, output + row * d);
  });
}

// dx = r (dy w) - x r^3 / d * sum(x dy w) + residual; a residual of another size than x stands for none
void RmsNormGrad(void*, TF_OpKernelContext* context) {
  Input input(context, 0), inverse(context, 1), weight(context, 2), gradient(context, 3), past(context, 4);
  const int64_t rows = input.rows(), d = input.width();
  float* output = FloatOutput(context, 0, input.shape());
  const float *data = input.data(), *roots = inverse.data(), *w = weight.data(), *gradients = gradient.data(), *residuals = past.data();
  const bool has_residual = past.size() == input.size();
  Split(rows, kGrain, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float *x = data + row * d, *dy = gradients + row * d, *residual = has_residual ? residuals + row * d : nullptr;
      float* dx = output + row * d;
      const float r = roots[row];
      float along = 0;
      for (int64_t i = 0; i < d; i++) along += x[i] * dy[i] * w[i];
      along *= r * r * r / d;
      if (residual == nullptr) {
        for (int64_t i = 0; i < d; i++) dx[i] = r * dy[i] * w[i] - x[i] * along;
      } else {
        for (int64_t i = 0; i < d; i++) dx[i] = residual[i] + r * dy[i] * w[i] - x[i] * along;
      }
    }
  });
}

// y = (x - mean) r w + b; gives mean and r.
__attribute__((noinline)) void LayerNormRow(const float* x, const float* w, const float* b, float eps, int64_t d, float* y, float* mean_of_row,
                                            float* r_of_row) {
  float mean = 0, variance = 0;
  for (int64_t i = 0; i < d; i++) mean += x[i];
  mean /= d;
  for (int64_t i = 0; i < d; i++) variance += (x[i] - mean) * (x[i] - mean);
  // In double: the compiler's float form is an approximation with one correction, and a row's error would be that of all its values.
  const float r = static_cast<float>(1.0 / std::sqrt(static_cast<double>(variance) / d + eps));
  for (int64_t i = 0; i < d; i++) y[i] = (x[i] - mean) * r * w[i] + b[i];
  *mean_of_row = mean;
  *r_of_row = r;
}

// x (rows, d), weight (d), bias (d), eps () -> (x - mean) r w + b, and mean and r (rows, 1)
void LayerNorm(void*, TF_OpKernelContext* context) {
  Input input(context, 0), weight(context, 1), shift(context, 2), epsilon(context, 3);
  const int64_t rows = input.rows(), d = input.width();
  float* output = FloatOutput(context, 0, input.shape());
  float* means = FloatOutput(context, 1, RowShape(input));
  float* inverse = FloatOutput(context, 2, RowShape(input));
  const float *data = input.data(), *w = weight.data(), *b = shift.data(), eps = *epsilon.data();
  Split(rows, kGrain, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) LayerNormRow(data + row * d, w, b, eps, d, output + row * d, means + row, inverse + row);
  });
}

// y = x + (update + bias) in that order, as where the bias was added before: a base model gives the same numbers whatever reads a projection's output.
__attribute__((noinline, optimize("no-associative-math"))) void AddRow(const float* x, const float* update, const float* bias, int64_t d, float* y) {
  if (bias == nullptr) {
    for (int64_t i = 0; i < d; i++) y[i] = x[i] + update[i];
  } else {
    for (int64_t i = 0; i < d; i++) y[i] = x[i] + (update[i] + bias[i]);
  }
}

// x (rows, d), update (rows, d) and its bias (d) or none: LayerNorm of x + (update + bias) -> y, that sum, mean and r
void AddLayerNorm(void*, TF_OpKernelContext* context) {
  Input input(context, 0), update_input(context, 1), update_bias(context, 2), weight(context, 3), shift(context, 4), epsilon(context, 5);
  const int64_t rows = input.rows(), d = input.width();
  float* output = FloatOutput(context, 0, input.shape());
  float* sums = FloatOutput(context, 1, input.shape());
  float* means = FloatOutput(context, 2, RowShape(input));
  float* inverse = FloatOutput(context, 3, RowShape(input));
  const float *data = input.data(), *updates = update_input.data(), *w = weight.data(), *b = shift.data(), eps = *epsilon.data();
  const float* extra = update_bias.size() == d ? update_bias.data() : nullptr;
  Split(rows, kGrain, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float *x = data + row * d, *update = updates + row * d;
      float* sum = sums + row * d;
      AddRow(x, update, extra, d, sum);
      LayerNormRow(sum, w, b, eps, d, output + row * d, means + row, inverse + row);
    }
  });
}

// dx = r (g - mean(g) - n mean(g n)) + residual, where n = (x - mean) r and g = dy w; a residual of another size than x stands for none
void LayerNormGrad(void*, TF_OpKernelContext* context) {
  Input input(context, 0), mean_input(context, 1), inverse(context, 2), weight(context, 3), gradient(context, 4), past(context, 5);
  const int64_t rows = input.rows(), d = input.width();
  float* output = FloatOutput(context, 0, input.shape());
  const float *data = input.data(), *means = mean_input.data(), *roots = inverse.data(), *w = weight.data();
  const float *gradients = gradient.data(), *residuals = past.data();
  const bool has_residual = past.size() == input.size();
  Split(rows, kGrain, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float *x = data + row * d, *dy = gradients + row * d, *residual = has_residual ? residuals + row * d : nullptr;
      float* dx = output + row * d;
      const float mean = means[row], r = roots[row];
      float level = 0, along = 0;
      for (int64_t i = 0; i < d; i++) {
        level += dy[i] * w[i];
        along += dy[i] * w[i] * (x[i] - mean);
      }
      level /= d;
      along *= r * r / d;
      if (residual == nullptr) {
        for (int64_t i = 0; i < d; i++) dx[i] = r * (dy[i] * w[i] - level - (x[i] - mean) * along);
      } else {
        for (int64_t i = 0; i < d; i++) dx[i] = residual[i] + r * (dy[i] * w[i] - level - (x[i] - mean) * along);
      }
    }
  });
}

const Register rms_norm("StanscopeRmsNorm", {"x: float", "weight: float", "eps: float"}, {"y: float", "inverse_rms: float"}, RmsNorm);
const Register rms_norm_grad("StanscopeRmsNormGrad",
                             {"x: float", "inverse_rms: float", "weight: float", "dy: float", "residual: float"}, {"dx: float"},
                             RmsNormGrad);
const Register layer_norm("StanscopeLayerNorm", {"x: float", "weight: float", "bias: float", "eps: float"},
                          {"y: float", "mean: float", "inverse_std: float"}, LayerNorm);
const Register add_layer_norm("StanscopeAddLayerNorm",
                              {"x: float", "update: float", "update_bias: float", "weight: float", "bias: float", "eps: float"},
                              {"y: float", "sum: float", "mean: float", "inverse_std: float"}, AddLayerNorm);
const Register layer_norm_grad("StanscopeLayerNormGrad",
                               {"x: float", "mean: float", "inverse_std: float", "weight: float", "dy: float", "residual: float"},
                               {"dx: float"}, LayerNormGrad);

}  // namespace

__attribute__((noinline)) float RmsNormRow(const float* x, const float* w, float eps, int64_t d, float* y) {
  const float r = 1.f / std::sqrt(Dot(x, x, d) / d + eps);
  for (int64_t i = 0; i < d; i++) y[i] = x[i] * r * w[i];
  return r;
}

}  // namespace stanscope
