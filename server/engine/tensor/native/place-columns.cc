#include "kernel-support.h"

namespace stanscope {
namespace {

// y (n, d), part (n, columns), from () -> how many columns were placed: y's columns from `from` on become the part, in place. Nothing is
// placed where y has no such columns or not as many rows.
void PlaceColumns(void*, TF_OpKernelContext* context) {
  Input y(context, 0), part(context, 1), from(context, 2);
  const int64_t n = part.rows(), columns = part.width(), d = y.width(), first = *from.data<int32_t>();
  const bool fits = y.rows() == n && first >= 0 && first + columns <= d;
  if (fits) {
    float* to = y.writable();
    const float* values = part.data();
    constexpr int64_t kWorth = 65536;  // values that are worth a thread
    Split(n, std::max<int64_t>(1, kWorth / std::max<int64_t>(1, columns)), [=](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) std::memcpy(to + i * d + first, values + i * columns, columns * sizeof *to);
    });
  }
  *IntOutput(context, 0, {}) = fits ? static_cast<int32_t>(columns) : 0;
}

const Register place_columns("StanscopePlaceColumns", {"y: float", "part: float", "from: int32"}, {"placed: int32"}, PlaceColumns);

}  // namespace
}  // namespace stanscope
