// The gated MLP of a step of decoding, from the residual stream and back into it, in one op.
#include "step-products.h"

namespace stanscope {
namespace {

// x (rows, d), gain (d), eps (), gate_up (2 * width, d), gates above ups, down (d, width) -> x + down (Gate(gate) * up) of x normed (rows, d)
template <class Weight, void (*Gate)(const float* gate, const float* up, int64_t n, float* y)>
void MlpStep(void*, TF_OpKernelContext* context) {
  Input input(context, 0), gain(context, 1), epsilon(context, 2);
  const int64_t rows = input.dim(0), d = input.dim(1);
  Matrix<Weight> gate_up(context, 3, d);
  const int64_t width = gate_up.rows() / 2;
  Matrix<Weight> down(context, 3 + Matrix<Weight>::kInputs, width);
  float* y = FloatOutput(context, 0, input.shape());
  std::vector<float> normed(rows * d), gated(rows * width);
  RmsNormRows(input, gain, epsilon, normed.data());
  GatedProduct<Gate>(normed.data(), rows, d, gate_up.values(), width, gated.data());
  ProductAdd(gated.data(), rows, width, down.values(), d, input.data(), y);
}

const std::vector<const char*> floats = {"x: float", "gain: float", "eps: float", "gate_up: float", "down: float"},
                               halves = {"x: float", "gain: float", "eps: float", "gate_up: bfloat16", "down: bfloat16"},
                               blocks = {"x: float", "gain: float", "eps: float", "gate_up: uint8", "format: int32", "down: uint8",
                                         "down_format: int32"},
                               one = {"y: float"};
const Register mlp_step("StanscopeMlpStep", floats, one, MlpStep<float, SiluMulRow>);
const Register mlp_step_bfloat16("StanscopeMlpStepBfloat16", halves, one, MlpStep<uint16_t, SiluMulRow>);
const Register mlp_step_packed("StanscopeMlpStepPacked", blocks, one, MlpStep<Packed, SiluMulRow>);
const Register gelu_mlp_step("StanscopeGeluMlpStep", floats, one, MlpStep<float, GeluTanhMulRow>);
const Register gelu_mlp_step_bfloat16("StanscopeGeluMlpStepBfloat16", halves, one, MlpStep<uint16_t, GeluTanhMulRow>);
const Register gelu_mlp_step_packed("StanscopeGeluMlpStepPacked", blocks, one, MlpStep<Packed, GeluTanhMulRow>);

}  // namespace
}  // namespace stanscope
