import type { Parameter } from "@/server/engine/methods/parameter";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { addAll, sumOfSquares } from "@/server/engine/tensor/arithmetic";
import { readScalar } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { sizeOf } from "@/server/engine/tensor/tensor";
import { adamUpdate, createVariable, freeVariable, type Variable, variableValues, zeroVariable } from "@/server/engine/tensor/variables";
import type { TrainingSettings } from "./settings";
import type { StateArray, UnreadArray } from "./state-array";

type Slot = { readonly parameter: Parameter; readonly first: Variable; readonly second: Variable };

/** AdamW over an adapter's parameters, one fused update each; the moments are its own. */
export class Optimizer {
  private readonly slots: readonly Slot[];

  /**
   * @param saved moments to resume from; without them they start at zero
   * @throws Error naming the saved moment that is missing or of another size
   */
  constructor(parameters: readonly Parameter[], saved?: ReadonlyMap<string, StateArray>) {
    const moment = (name: string, shape: readonly number[]) =>
      saved === undefined ? zeroVariable(shape) : createVariable(savedMoment(saved, name, shape), shape);
    this.slots = parameters.map((parameter) => ({
      parameter,
      first: moment(`firstMoment.${parameter.key}`, parameter.shape),
      second: moment(`secondMoment.${parameter.key}`, parameter.shape),
    }));
  }

  /**
   * @param step of the update, from 1
   * @param gradScale what the gradients are multiplied by first
   */
  update(gradients: Gradients, step: number, learningRate: number, gradScale: number, settings: TrainingSettings): void {
    const { beta1, beta2, epsilon, weightDecay } = settings;
    for (const { parameter, first, second } of this.slots) {
      const gradient = gradients.get(parameter.key);
      if (gradient === undefined) throw new Error(`${parameter.key} has no gradient`);
      parameter.release();
      adamUpdate(parameter.variable, first, second, gradient, { learningRate, beta1, beta2, epsilon, weightDecay, step, gradScale });
    }
  }

  /** First and second moments by parameter, for a checkpoint; to be read before the next update. */
  moments(): Map<string, UnreadArray> {
    return new Map(
      this.slots.flatMap(({ parameter, first, second }) => [
        [`firstMoment.${parameter.key}`, unread(first)] as const,
        [`secondMoment.${parameter.key}`, unread(second)] as const,
      ]),
    );
  }

  free(): void {
    for (const { first, second } of this.slots) {
      freeVariable(first);
      freeVariable(second);
    }
  }
}

function unread(variable: Variable): UnreadArray {
  return { shape: variable.shape, read: () => variableValues(variable) };
}

/** The Euclidean norm of all gradients together; NaN or infinite where one of them is. */
export function globalNorm(gradients: Gradients): number {
  return Math.sqrt(tidy(() => readScalar(addAll([...gradients.values()].map(sumOfSquares)))));
}

/** What clipping multiplies gradients by, as torch.nn.utils.clip_grad_norm_ does; 1 below the limit. */
export function clipScale(norm: number, clipNorm: number | null): number {
  return clipNorm === null ? 1 : Math.min(1, clipNorm / (norm + 1e-6));
}

function savedMoment(saved: ReadonlyMap<string, StateArray>, name: string, shape: readonly number[]): Float32Array {
  const data = saved.get(name)?.data;
  if (!(data instanceof Float32Array) || data.length !== sizeOf(shape))
    throw new Error(`the checkpoint's ${name} is missing or belongs to another adapter`);
  return data;
}
