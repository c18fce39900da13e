import { type InputMask, masked } from "@/server/engine/methods/dropout";
import { type FrozenLinear, frozenInputGrad, frozenProduct, frozenSquares, frozenTimes } from "@/server/engine/methods/frozen-linear";
import type { Parameter } from "@/server/engine/methods/parameter";
import type { Adaptation, HookPass, ProjectionHook } from "@/server/engine/models/projection-hook";
import { add, addAll, multiply, scale, subtract, sumLast, sumRows } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { linear, linearInputGrad, matmul } from "@/server/engine/tensor/products";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { LoraModule } from "./lora-module";

/** A (rank, dIn), B (dOut, rank) and the magnitudes m (dOut). */
type DoraParameters = { readonly A: Parameter; readonly B: Parameter; readonly magnitude: Parameter };

/** What follows from the present matrices; `read` owns it. */
type DoraReading = {
  /** g = m / n, (dOut) */
  readonly gains: Tensor;
  /** g − 1, (dOut) */
  readonly excess: Tensor;
  /** 1 / n, (dOut) */
  readonly inverseNorms: Tensor;
  /** g ⊙ B, (dOut, rank): what the components write, each in its column */
  readonly directions: Tensor;
};

/**
 * DoRA (Liu et al. 2024) as PEFT computes it: with n = ‖W0 + s · B A‖ of each output's row and g = m / n,
 *
 *     h = W0 x + b0 + (g − 1) ⊙ W0 x + g ⊙ s · B A x
 *
 * n counts as a constant in the backward pass (section 4.3). Activations are edited under the n of the unedited matrices: a component writes
 * g ⊙ s · B[:, i] a token, and the part of (g − 1) ⊙ W0 x belongs to no component.
 */
export class Dora {
  readonly frozen: FrozenLinear;
  private readonly module: LoraModule;
  private readonly parameters: DoraParameters;
  private readonly frozenSquares: Float32Array;
  private readonly readFrom: Tensor[] = [];
  private reading: DoraReading | undefined;

  constructor(module: LoraModule, parameters: DoraParameters, frozen: FrozenLinear) {
    this.module = module;
    this.parameters = parameters;
    this.frozen = frozen;
    this.frozenSquares = frozenSquares(frozen);
  }

  /**
   * Valid until a parameter is released; the caller does not free it.
   *
   * @throws RangeError when a row of W0 + s · B A is zero
   */
  read(): DoraReading {
    const { A, B, magnitude } = this.parameters;
    const sources = [A.read(), B.read(), magnitude.read()];
    if (this.reading !== undefined && sources.every((source, i) => source === this.readFrom[i])) return this.reading;
    this.release();
    const norms = this.norms();
    const gains = magnitude.values().map((value, row) => value / (norms[row] as number));
    const rows = [gains.length];
    this.reading = keep(
      tidy(() => ({
        gains: fromValues(gains, rows),
        excess: fromValues(
          gains.map((gain) => gain - 1),
          rows,
        ),
        inverseNorms: fromValues(
          norms.map((norm) => 1 / norm),
          rows,
        ),
        directions: multiply(B.read(), fromValues(gains, [...rows, 1])),
      })),
    );
    this.readFrom.splice(0, this.readFrom.length, ...sources);
    return this.reading;
  }

  /** Of the reading, and of ‖W0‖² by row, which stays. */
  get heldBytes(): number {
    const { dOut, numLatents } = this.module;
    return 4 * dOut + (this.reading === undefined ? 0 : 4 * dOut * (3 + numLatents));
  }

  /** (g − 1) ⊙ W0 x of the projection's output `base` (tokens, dOut), bias included: what the magnitudes do without any component. */
  rescaling(base: Tensor): Tensor {
    const { bias } = this.frozen;
    return multiply(bias === undefined ? base : subtract(base, bias), this.read().excess);
  }

  /** The input's gradient of what `rescaling` adds: dy (tokens, dOut) → (tokens, dIn) */
  rescalingInputGrad(dy: Tensor): Tensor {
    return tidy(() => frozenInputGrad(this.frozen, multiply(dy, this.read().excess)));
  }

  release(): void {
    free(this.reading);
    this.reading = undefined;
  }

  /** n of each row, by ‖W0‖² + 2 s B · (W0 Aᵀ) + s² B · (B A Aᵀ), so that no matrix of W0's size is made. */
  private norms(): Float32Array {
    const { scaling, module } = this.module;
    const changes = tidy(() => {
      const [A, B] = [this.parameters.A.read(), this.parameters.B.read()];
      const cross = scale(frozenTimes(this.frozen, A), 2 * scaling);
      const own = scale(matmul(B, matmul(A, A, { transposeB: true })), scaling * scaling);
      return readFloats(sumLast(multiply(B, add(cross, own))));
    });
    return changes.map((change, row) => {
      const squares = (this.frozenSquares[row] as number) + change;
      if (squares > 0) return Math.sqrt(squares);
      throw new RangeError(
        `${module}: row ${row} of W0 + B A is ${Number.isNaN(squares) ? "not finite" : "zero"}, and DoRA divides by its norm`,
      );
    });
  }
}

/** The magnitudes that DoRA starts from: ‖W0‖ of each row, so that with B = 0 nothing changes. */
export function initialMagnitudes(frozen: FrozenLinear): Float32Array {
  return frozenSquares(frozen).map(Math.sqrt);
}

/** The update with its gradients. As in PEFT, dropout also reaches the W0 x that the magnitudes rescale. */
export function doraHook(module: LoraModule, dora: Dora, { A, B, magnitude }: DoraParameters, maskOf: InputMask): ProjectionHook {
  function forward(x: Tensor, base: Tensor, pass: HookPass): Adaptation {
    const { gains, excess, inverseNorms } = dora.read();
    const { bias } = dora.frozen;
    const { output, saved } = tidy(() => {
      const mask = maskOf(pass);
      const plain = mask === undefined ? (bias === undefined ? base : subtract(base, bias)) : frozenProduct(dora.frozen, masked(x, mask));
      const scaled = scale(linear(masked(x, mask), A.read()), module.scaling);
      const low = linear(scaled, B.read());
      return {
        output: addAll([base, multiply(plain, excess), multiply(low, gains)]),
        saved: { scaled, mask, whole: add(plain, low) },
      };
    });
    return {
      output,
      saved,
      backward(dOutput, needsInput, gradients) {
        const { scaled, mask, whole } = saved;
        const { dA, dB, dM, dX } = tidy(() => {
          const dLow = multiply(dOutput, gains);
          const dComponents = scale(linearInputGrad(dLow, B.read()), module.scaling);
          const dThroughA = needsInput ? linearInputGrad(dComponents, A.read()) : undefined;
          return {
            dM: multiply(sumRows(multiply(dOutput, whole)), inverseNorms),
            dB: matmul(dLow, scaled, { transposeA: true }),
            dA: matmul(dComponents, masked(x, mask), { transposeA: true }),
            // Without dropout W0 x is the frozen output, whose gradient `baseGradient` gives.
            dX:
              dThroughA === undefined || mask === undefined ? dThroughA : multiply(add(dThroughA, dora.rescalingInputGrad(dOutput)), mask),
          };
        });
        gradients.set(A.key, dA);
        gradients.set(B.key, dB);
        gradients.set(magnitude.key, dM);
        return dX;
      },
      ...(saved.mask === undefined ? { baseGradient: (dOutput: Tensor) => multiply(dOutput, gains) } : {}),
    };
  }
  return { forward };
}
