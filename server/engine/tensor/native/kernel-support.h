// What every kernel of the engine stands on: access to its inputs and outputs through TensorFlow's C kernel API, threads,
// and a fast exponential. Kernels are ordinary TensorFlow ops on CPU; each has a twin in plain TensorFlow ops.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/tf_datatype.h"
#include "tensorflow/c/tf_tensor.h"

namespace stanscope {

using Shape = std::vector<int64_t>;

// One input of the running op; the tensor stays TensorFlow's.
class Input {
 public:
  Input(TF_OpKernelContext* context, int place);
  ~Input() { TF_DeleteTensor(tensor_); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  template <class T = float>
  const T* data() const { return static_cast<const T*>(TF_TensorData(tensor_)); }
  // For the few ops that write into what they were given: caches and trained parameters.
  template <class T = float>
  T* writable() const { return static_cast<T*>(TF_TensorData(tensor_)); }
  int64_t size() const { return TF_TensorElementCount(tensor_); }
  size_t bytes() const { return TF_TensorByteSize(tensor_); }
  int64_t dim(int axis) const { return TF_Dim(tensor_, axis); }
  // Length of the last axis, and how many rows of it there are.
  int64_t width() const { return TF_Dim(tensor_, TF_NumDims(tensor_) - 1); }
  int64_t rows() const { return width() == 0 ? 0 : size() / width(); }
  Shape shape() const;

 private:
  TF_Tensor* tensor_ = nullptr;
};

// Allocates output `place` and gives its values to write.
float* FloatOutput(TF_OpKernelContext* context, int place, const Shape& shape);
int32_t* IntOutput(TF_OpKernelContext* context, int place, const Shape& shape);

// Calls work(from, to) on parts of 0…items from all threads of the pool, each part at least `grain` items long (fewer are
// not worth a thread). Returns when all parts are done. For one caller at a time, as ops run from JavaScript's thread.
void Split(int64_t items, int64_t grain, const std::function<void(int64_t, int64_t)>& work);

// The same in an op of a step of decoding, which another one follows at once: helpers wait for it awake, for a moment and while nobody else wants their
// core.
void SplitInStep(int64_t items, int64_t grain, const std::function<void(int64_t, int64_t)>& work);

// Threads of the pool, the caller's own among them.
int64_t NumThreads();

using Compute = void (*)(void*, TF_OpKernelContext*);

// Registers an op and its kernel as the library loads. Inputs, outputs and attributes as in "x: float", "n: int".
struct Register {
  Register(const char* name, const std::vector<const char*>& inputs, const std::vector<const char*>& outputs, Compute compute,
           const std::vector<const char*>& attributes = {});
};

// Cephes' polynomial with the argument held in ±87, written so that the loop around it vectorises; 2e-7 relative. NaN stays NaN.
inline float Exp(float x) {
  x = x < -87.f ? -87.f : x;
  x = x > 87.f ? 87.f : x;
  const float n = std::nearbyint(x * 1.44269504f);
  const float r = x - n * 0.693359375f + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return (p * r * r + r + 1.f) * power;
}

inline float Sigmoid(float x) { return 1.f / (1.f + Exp(-x)); }

// Sixteen floats that are computed on together; the compiler splits them where the processor's registers are shorter.
using Lanes = float __attribute__((vector_size(64)));
constexpr int64_t kLanes = 16;

inline Lanes Load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

// The first n lanes, n < kLanes; the rest are 0.
inline Lanes LoadPart(const float* from, int64_t n) {
  Lanes lanes = {};
  std::memcpy(&lanes, from, n * sizeof *from);
  return lanes;
}

// By halves, in an order that shuffles fix: the same lanes give the same sum wherever this is compiled into.
inline float Sum(Lanes lanes) {
  using Order = int32_t __attribute__((vector_size(64)));
  lanes += __builtin_shuffle(lanes, Order{8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7});
  lanes += __builtin_shuffle(lanes, Order{4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11});
  lanes += __builtin_shuffle(lanes, Order{2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13});
  lanes += __builtin_shuffle(lanes, Order{1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14});
  return lanes[0];
}

inline float Largest(const float* x, int64_t n) {
  float top = -INFINITY;
  int64_t i = 0;
  if (n >= kLanes) {
    Lanes tops = Load(x);
    for (i = kLanes; i + kLanes <= n; i += kLanes) {
      const Lanes next = Load(x + i);
      tops = next > tops ? next : tops;
    }
    for (int lane = 0; lane < kLanes; lane++) top = tops[lane] > top ? tops[lane] : top;
  }
  for (; i < n; i++) top = x[i] > top ? x[i] : top;
  return top;
}

// With four sums, so that an addition does not wait for the one before it.
inline float Dot(const float* a, const float* b, int64_t n) {
  constexpr int kSums = 4;
  Lanes sums[kSums] = {};
  int64_t i = 0;
  for (; i + kSums * kLanes <= n; i += kSums * kLanes) {
    for (int s = 0; s < kSums; s++) sums[s] += Load(a + i + s * kLanes) * Load(b + i + s * kLanes);
  }
  for (; i + kLanes <= n; i += kLanes) sums[0] += Load(a + i) * Load(b + i);
  float sum = Sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
  for (; i < n; i++) sum += a[i] * b[i];
  return sum;
}

}  // namespace stanscope
