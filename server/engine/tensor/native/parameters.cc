// Trained parameters and their optimizer, in place.
#include "kernel-support.h"

namespace stanscope {
namespace {

// One step of AdamW on a parameter and its moments, all written in place, as torch.optim.AdamW computes it.
// settings: gradient scale, beta1, 1 - beta1, beta2, 1 - beta2, learning rate / (1 - beta1^step), sqrt(1 - beta2^step),
// epsilon, 1 - learning rate * decay. The output is the number of values, so that the op has one.
void AdamW(void*, TF_OpKernelContext* context) {
  Input parameter(context, 0), first(context, 1), second(context, 2), gradient(context, 3), settings(context, 4);
  const float* s = settings.data();
  const float scale = s[0], beta1 = s[1], rest1 = s[2], beta2 = s[3], rest2 = s[4];
  const float rate = s[5], correction = s[6], epsilon = s[7], shrink = s[8];
  float *w = parameter.writable(), *m = first.writable(), *v = second.writable();
  const float* g = gradient.data();
  Split(parameter.size(), 16384, [=](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) {
      const float scaled = g[i] * scale;
      m[i] = beta1 * m[i] + rest1 * scaled;
      v[i] = beta2 * v[i] + rest2 * scaled * scaled;
      w[i] = w[i] * shrink - rate * m[i] / (std::sqrt(v[i]) / correction + epsilon);
    }
  });
  *IntOutput(context, 0, {}) = static_cast<int32_t>(parameter.size());
}

// Copies values into a parameter in place.
void Assign(void*, TF_OpKernelContext* context) {
  Input parameter(context, 0), value(context, 1);
  std::copy_n(value.data(), parameter.size(), parameter.writable());
  *IntOutput(context, 0, {}) = static_cast<int32_t>(parameter.size());
}

const Register assign("StanscopeAssign", {"parameter: float", "value: float"}, {"size: int32"}, Assign);
const Register adam_w("StanscopeAdamW", {"parameter: float", "first: float", "second: float", "gradient: float", "settings: float"},
                      {"size: int32"}, AdamW);

}  // namespace
}  // namespace stanscope
