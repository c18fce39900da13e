// Rounds weights to NF4: bit for bit what lib/numbers/blocks/nf4.ts gives.
#include "kernel-support.h"

namespace stanscope {
namespace {

constexpr int64_t kValues = 64, kBytes = 36;

// Level i + 1 is taken above the i-th of these.
constexpr float kBoundaries[15] = {-0.8480964004993439f,  -0.6106329262256622f,  -0.4599952697753906f, -0.33967943489551544f,
                                   -0.23460740596055984f, -0.13791173323988914f, -0.045525018125772476f, 0.03979014977812767f,
                                   0.1202552504837513f,   0.2035212516784668f,   0.2920137718319893f,  0.3893125355243683f,
                                   0.5016634166240692f,   0.6427869200706482f,   0.8614784181118011f};

void Quantise(const float* values, uint8_t* block) {
  float largest = 0;
  for (int i = 0; i < kValues; i++) {
    const float size = std::fabs(values[i]);
    largest = size > largest || std::isnan(size) ? size : largest;
  }
  // Divided in double: -ffast-math would take an estimate for the quotient of floats.
  const float inverse = largest == 0 ? 0 : static_cast<float>(1.0 / static_cast<double>(largest));
  uint8_t levels[kValues] = {};
  for (int i = 0; i < kValues; i++) {
    const float value = values[i] * inverse;
    for (float boundary : kBoundaries) levels[i] += value > boundary;
  }
  std::memcpy(block, &largest, sizeof largest);
  for (int i = 0; i < 32; i++) block[4 + i] = levels[i] | levels[i + 32] << 4;
}

// values (whole blocks of 64) -> the bytes of their blocks, as words (n / 64 * 9)
void QuantiseNf4(void*, TF_OpKernelContext* context) {
  Input input(context, 0);
  const int64_t blocks = input.size() / kValues;
  auto* y = reinterpret_cast<uint8_t*>(IntOutput(context, 0, {blocks * kBytes / 4}));
  const float* values = input.data();
  constexpr int64_t kWorth = 256;  // blocks that are worth a thread
  Split(blocks, kWorth, [=](int64_t from, int64_t to) {
    for (int64_t block = from; block < to; block++) Quantise(values + block * kValues, y + block * kBytes);
  });
}

const Register quantise_nf4("StanscopeQuantiseNf4", {"values: float"}, {"blocks: int32"}, QuantiseNf4);

}  // namespace
}  // namespace stanscope
