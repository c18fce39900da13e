import type { Projection } from "@/server/engine/models/projection";
import { square, sumLast, sumRows } from "@/server/engine/tensor/arithmetic";
import { readFloats } from "@/server/engine/tensor/create";
import { inFloat32 } from "@/server/engine/tensor/packed";
import { linear, linearInputGrad, matmul } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** The frozen module under an adapted one, for updates that read its weight. It stays its model's. */
export type FrozenLinear = Pick<Projection, "module" | "weight" | "isHeldByInput" | "bias">;

/** @throws Error when the module's weight is not among those given */
export function frozenLinearOf(module: string, projections: readonly Partial<FrozenLinear>[]): FrozenLinear {
  const found = projections.find((one) => one.module === module);
  if (found?.weight === undefined)
    throw new Error(`${module}: its update reads the frozen weight; give the adapter its model's projections`);
  const { weight, isHeldByInput = false, bias } = found;
  return { module, weight, isHeldByInput, bias };
}

/** W0 x without its bias: x (tokens, dIn) → (tokens, dOut) */
export function frozenProduct({ weight, isHeldByInput }: FrozenLinear, x: Tensor): Tensor {
  return isHeldByInput ? matmul(x, weight) : linear(x, weight);
}

/** dy (tokens, dOut) · W0 → (tokens, dIn) */
export function frozenInputGrad({ weight, isHeldByInput }: FrozenLinear, dy: Tensor): Tensor {
  return isHeldByInput ? matmul(dy, weight, { transposeB: true }) : linearInputGrad(dy, weight);
}

/** W0 Aᵀ in float32, (dOut, rank), with A (rank, dIn) */
export function frozenTimes({ weight, isHeldByInput }: FrozenLinear, A: Tensor): Tensor {
  return tidy(() =>
    isHeldByInput ? matmul(weight, A, { transposeA: true, transposeB: true }) : matmul(inFloat32(weight), A, { transposeB: true }),
  );
}

/** ‖W0‖² of each output's row, (dOut) */
export function frozenSquares({ weight, isHeldByInput }: FrozenLinear): Float32Array {
  return tidy(() => {
    const squares = square(inFloat32(weight));
    return readFloats(isHeldByInput ? sumRows(squares) : sumLast(squares));
  });
}
