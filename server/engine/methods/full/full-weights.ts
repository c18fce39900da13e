import type { Matrix, Vector } from "@/lib/contract/methods/tensors";
import type { AdapterCost } from "@/server/engine/methods/method";
import { Parameter } from "@/server/engine/methods/parameter";
import type { Targets } from "@/server/engine/methods/targets";
import { targetedModules } from "@/server/engine/methods/targets";
import type { Projection } from "@/server/engine/models/projection";
import type { Adaptation, HookPass, ProjectionHook, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { addBias, sumRows } from "@/server/engine/tensor/arithmetic";
import { readFloats } from "@/server/engine/tensor/create";
import { transpose } from "@/server/engine/tensor/layout";
import { inFloat32 } from "@/server/engine/tensor/packed";
import { linear, linearInputGrad, matmul } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import { stepLinear } from "@/server/engine/tensor/step";
import { sameShape, sizeOf, type Tensor } from "@/server/engine/tensor/tensor";

/** A projection that is trained whole, and its sizes. */
export type FullModule = Pick<Projection, "module" | "name" | "layer" | "dIn" | "dOut"> & { readonly hasBias: boolean };

/** weight (dOut, dIn), bias (dOut) where the projection has one. */
export type FullTensors = { readonly weight: Matrix; readonly bias?: Vector };

type Held = { readonly module: FullModule; readonly weight: Parameter; readonly bias: Parameter | undefined };

/**
 * Full fine-tuning of some projections: float32 weights (and biases) in place of the frozen ones, which other runs keep using. There is no
 * update apart from the weight, and so there are no latents.
 */
export class FullWeights {
  readonly adapter = undefined;
  readonly participle = "trained whole";
  /** In the base model's order. */
  readonly modules: readonly FullModule[];
  /** None: there is no sparse layer. */
  readonly sparseModules = [];
  private readonly held: ReadonlyMap<string, Held>;

  /** @throws Error when a module lacks a tensor or it has another shape */
  constructor(modules: readonly FullModule[], tensors: ReadonlyMap<string, FullTensors>) {
    const [first] = modules;
    if (first === undefined) throw new Error("full fine-tuning needs at least one module");
    const given = modules.map((module) => demandTensors(module, tensors.get(module.module)));
    this.modules = modules;
    this.held = new Map(modules.map((module, i) => [module.module, hold(module, given[i] as FullTensors)]));
  }

  /**
   * Copies of the model's own weights, from which training starts: nothing changes before the first step.
   *
   * @throws as `planFull`
   */
  static create(projections: readonly Projection[], targets: Targets | null): FullWeights {
    const chosen = targets === null ? projections : targetedModules(projections, targets);
    return new FullWeights(planFull(chosen, null), new Map(chosen.map((projection) => [projection.module, frozenTensors(projection)])));
  }

  get weights(): FullWeights {
    return this;
  }

  /** All that is trained, in a fixed order. */
  parameters(): Parameter[] {
    return [...this.held.values()].flatMap(({ weight, bias }) => (bias === undefined ? [weight] : [weight, bias]));
  }

  get trainableParameters(): number {
    return this.modules.reduce((sum, { dIn, dOut, hasBias }) => sum + dIn * dOut + (hasBias ? dOut : 0), 0);
  }

  /** They take the place of frozen weights, so a token takes no more operations. */
  get cost(): AdapterCost {
    const { trainableParameters } = this;
    return { trainableParameters, activeParameters: trainableParameters, bytes: 4 * trainableParameters, flopsPerToken: 0 };
  }

  /** What is held now: the trained tensors, and what was made of them to run. */
  get heldBytes(): number {
    return this.parameters().reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }

  /** W x + b of a module with its trained W and b, (tokens, dOut); undefined where its weights are the model's own. */
  project(module: string, x: Tensor, pass: HookPass): Tensor | undefined {
    const held = this.held.get(module);
    return held === undefined ? undefined : ownProduct(held, x, pass);
  }

  /** Hooks for both training and inference. */
  trainingHooks(): ProjectionHooks {
    const hooks = new Map([...this.held].map(([module, held]) => [module, fullHook(held)]));
    return { at: (module) => hooks.get(module) };
  }

  /** The trained tensors by module, oriented (dOut, dIn) whatever the checkpoint's orientation. */
  tensors(): Map<string, FullTensors> {
    return new Map(
      [...this.held].map(([name, { module, weight, bias }]): [string, FullTensors] => {
        const matrix: Matrix = { shape: [module.dOut, module.dIn], data: weight.values() };
        return [name, bias === undefined ? { weight: matrix } : { weight: matrix, bias: { shape: [module.dOut], data: bias.values() } }];
      }),
    );
  }

  /** Lets go of the values handed out for reading; before every update. */
  release(): void {
    for (const parameter of this.parameters()) parameter.release();
  }

  free(): void {
    for (const parameter of this.parameters()) parameter.free();
  }
}

/**
 * The modules that are trained, in the model's order.
 *
 * @param targets null takes every projection
 * @throws as `planModules` for targets that are not there
 */
export function planFull(projections: readonly Projection[], targets: Targets | null): FullModule[] {
  const chosen = targets === null ? projections : targetedModules(projections, targets);
  return chosen.map(({ module, name, layer, dIn, dOut, bias }) => ({ module, name, layer, dIn, dOut, hasBias: bias !== undefined }));
}

/** h = W x + b with a trained W and b. */
function fullHook(held: Held): ProjectionHook {
  const { weight, bias } = held;
  function forward(x: Tensor, _base: Tensor, pass: HookPass): Adaptation {
    return {
      output: ownProduct(held, x, pass),
      saved: undefined,
      backward(dOutput, needsInput, gradients) {
        const { dW, dB, dX } = tidy(() => ({
          dW: matmul(dOutput, x, { transposeA: true }),
          dB: bias === undefined ? undefined : sumRows(dOutput),
          dX: needsInput ? linearInputGrad(dOutput, weight.read()) : undefined,
        }));
        gradients.set(weight.key, dW);
        if (bias !== undefined && dB !== undefined) gradients.set(bias.key, dB);
        return dX;
      },
      baseGradient: () => undefined,
    };
  }
  return { forward, readsBase: false };
}

function ownProduct({ weight, bias }: Held, x: Tensor, { tokens }: HookPass): Tensor {
  return tidy(() => {
    const plain = tokens === 1 ? stepLinear(x, weight.read()) : linear(x, weight.read());
    return bias === undefined ? plain : addBias(plain, bias.read());
  });
}

function hold(module: FullModule, { weight, bias }: FullTensors): Held {
  return {
    module,
    weight: new Parameter(`${module.module}.weight`, weight.data, weight.shape),
    bias: bias === undefined ? undefined : new Parameter(`${module.module}.bias`, bias.data, bias.shape),
  };
}

function frozenTensors({ weight, isHeldByInput, bias, dIn, dOut }: Projection): FullTensors {
  const data = tidy(() => {
    const values = inFloat32(weight);
    return readFloats(isHeldByInput ? transpose(values, [1, 0]) : values);
  });
  const matrix: Matrix = { shape: [dOut, dIn], data };
  return bias === undefined ? { weight: matrix } : { weight: matrix, bias: { shape: [dOut], data: readFloats(bias) } };
}

function demandTensors({ module, dIn, dOut, hasBias }: FullModule, tensors: FullTensors | undefined): FullTensors {
  const wanted = new Map<keyof FullTensors, readonly number[]>([["weight", [dOut, dIn]], ...(hasBias ? [["bias", [dOut]] as const] : [])]);
  for (const [part, shape] of wanted) {
    const tensor = tensors?.[part];
    if (tensor === undefined) throw new Error(`${module}: the trained ${part} is missing`);
    if (!sameShape(tensor.shape, shape) || tensor.data.length !== sizeOf(shape))
      throw new Error(`${module}: the trained ${part} has shape [${tensor.shape}], but the model needs [${shape}]`);
  }
  if (tensors === undefined) throw new Error(`${module}: the trained tensors are missing`);
  if (!hasBias && tensors.bias !== undefined) throw new Error(`${module}: a bias was trained, but the model's module has none`);
  return tensors;
}
