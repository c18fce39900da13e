// What one step of decoding does between its adapters, with the products bound by reading the weights once.
#include "step-products.h"

namespace stanscope {
namespace {

// x (rows, d), gain (d), eps (), w (outputs, d), widths (parts) that add up to outputs -> x normed (rows, d), and its product with w cut
// by columns into parts (rows, width)
template <class Weight>
void NormLinear(void*, TF_OpKernelContext* context) {
  Input input(context, 0), gain(context, 1), epsilon(context, 2), width_input(context, 3 + Matrix<Weight>::kInputs);
  const int64_t rows = input.dim(0), d = input.dim(1), parts = width_input.size();
  Matrix<Weight> weight(context, 3, d);
  const int64_t outputs = weight.rows();
  float* normed = FloatOutput(context, 0, {rows, d});
  std::vector<int64_t> starts(parts + 1, 0);
  std::vector<float*> y(parts);
  for (int64_t part = 0; part < parts; part++) {
    const int64_t width = width_input.data<int32_t>()[part];
    starts[part + 1] = starts[part] + width;
    y[part] = FloatOutput(context, static_cast<int>(1 + part), {rows, width});
  }
  RmsNormRows(input, gain, epsilon, normed);
  const auto w = weight.values();
  SplitOutputs(outputs, d, [&](int64_t from, int64_t to) {
    for (int64_t part = 0; part < parts; part++) {
      const int64_t begin = std::max(from, starts[part]), end = std::min(to, starts[part + 1]);
      if (begin >= end) continue;
      MultiplyRows(normed, rows, d, w + begin * d, end - begin, y[part] + begin - starts[part], starts[part + 1] - starts[part]);
    }
  });
}

// x (rows, d), gain (d), eps (), w (2 * width, d), gates above ups -> Gate(gate) * up of x normed (rows, width)
template <class Weight, void (*Gate)(const float* gate, const float* up, int64_t n, float* y)>
void NormGatedLinear(void*, TF_OpKernelContext* context) {
  Input input(context, 0), gain(context, 1), epsilon(context, 2);
  const int64_t rows = input.dim(0), d = input.dim(1);
  Matrix<Weight> weight(context, 3, d);
  const int64_t width = weight.rows() / 2;
  float* y = FloatOutput(context, 0, {rows, width});
  std::vector<float> normed(rows * d);
  RmsNormRows(input, gain, epsilon, normed.data());
  GatedProduct<Gate>(normed.data(), rows, d, weight.values(), width, y);
}

// x (rows, d), w (outputs, d), residual (rows, outputs) -> residual + x w^T
template <class Weight>
void LinearAdd(void*, TF_OpKernelContext* context) {
  Input input(context, 0), past(context, 1 + Matrix<Weight>::kInputs);
  const int64_t rows = input.dim(0), d = input.dim(1);
  Matrix<Weight> weight(context, 1, d);
  const int64_t outputs = weight.rows();
  float* y = FloatOutput(context, 0, {rows, outputs});
  ProductAdd(input.data(), rows, d, weight.values(), outputs, past.data(), y);
}

const std::vector<const char*> parts = {"normed: float", "y: parts * float"}, one = {"y: float"};
const Register norm_linear("StanscopeNormLinear", {"x: float", "gain: float", "eps: float", "w: float", "widths: int32"}, parts,
                           NormLinear<float>, {"parts: int"});
const Register norm_linear_bfloat16("StanscopeNormLinearBfloat16",
                                    {"x: float", "gain: float", "eps: float", "w: bfloat16", "widths: int32"}, parts,
                                    NormLinear<uint16_t>, {"parts: int"});
const Register norm_linear_packed("StanscopeNormLinearPacked",
                                  {"x: float", "gain: float", "eps: float", "w: uint8", "format: int32", "widths: int32"}, parts,
                                  NormLinear<Packed>, {"parts: int"});
const Register norm_gated_linear("StanscopeNormGatedLinear", {"x: float", "gain: float", "eps: float", "w: float"}, one,
                                 NormGatedLinear<float, SiluMulRow>);
const Register norm_gated_linear_bfloat16("StanscopeNormGatedLinearBfloat16",
                                          {"x: float", "gain: float", "eps: float", "w: bfloat16"}, one,
                                          NormGatedLinear<uint16_t, SiluMulRow>);
const Register norm_gated_linear_packed("StanscopeNormGatedLinearPacked",
                                        {"x: float", "gain: float", "eps: float", "w: uint8", "format: int32"}, one,
                                        NormGatedLinear<Packed, SiluMulRow>);
const Register norm_gelu_gated_linear("StanscopeNormGeluGatedLinear", {"x: float", "gain: float", "eps: float", "w: float"}, one,
                                      NormGatedLinear<float, GeluTanhMulRow>);
const Register norm_gelu_gated_linear_bfloat16("StanscopeNormGeluGatedLinearBfloat16",
                                               {"x: float", "gain: float", "eps: float", "w: bfloat16"}, one,
                                               NormGatedLinear<uint16_t, GeluTanhMulRow>);
const Register norm_gelu_gated_linear_packed("StanscopeNormGeluGatedLinearPacked",
                                             {"x: float", "gain: float", "eps: float", "w: uint8", "format: int32"}, one,
                                             NormGatedLinear<Packed, GeluTanhMulRow>);
const Register linear_add("StanscopeLinearAdd", {"x: float", "w: float", "residual: float"}, one, LinearAdd<float>);
const Register linear_add_bfloat16("StanscopeLinearAddBfloat16", {"x: float", "w: bfloat16", "residual: float"}, one,
                                   LinearAdd<uint16_t>);
const Register linear_add_packed("StanscopeLinearAddPacked", {"x: float", "w: uint8", "format: int32", "residual: float"}, one,
                                 LinearAdd<Packed>);

}  // namespace
}  // namespace stanscope
