import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { Matrix, Vector } from "@/lib/contract/methods/tensors";
import type { AdapterModule, AdapterSettings, AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { AttachedModule, KeptObserver } from "@/server/engine/methods/attached-module";
import type { DropoutDraw } from "@/server/engine/methods/dropout";
import type { FrozenLinear } from "@/server/engine/methods/frozen-linear";
import { FrozenMatrices } from "@/server/engine/methods/frozen-matrices";
import type { AdapterCost, FrozenProjections } from "@/server/engine/methods/method";
import { methodOf } from "@/server/engine/methods/methods";
import type { Parameter } from "@/server/engine/methods/parameter";
import type { AdaptableModule } from "@/server/engine/methods/targets";
import type { ProjectionHook, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { sameShape, sizeOf } from "@/server/engine/tensor/tensor";
import { adapterCost } from "./counting";
import { initialTensors } from "./initial-tensors";
import { planModules } from "./plan-modules";

/**
 * An adapter in memory, of any method with latents. It belongs to no model: any number of them run over one model's weights. A DoRA adapter alone
 * reads those of its model, which it does not own.
 */
export class Adapter {
  readonly method: AdapterModule["method"];
  readonly weights = undefined;
  readonly participle = "adapted";
  /** In the base model's order. */
  readonly modules: readonly AdapterModule[];
  private readonly attached: ReadonlyMap<string, AttachedModule>;
  private readonly frozen = new FrozenMatrices();

  /**
   * @param projections the model's, where an update reads the frozen weight (DoRA)
   * @throws Error when a module lacks its matrices or they have other shapes
   */
  constructor(modules: readonly AdapterModule[], tensors: ReadonlyMap<string, AdapterTensors>, projections: FrozenProjections = []) {
    const [first] = modules;
    if (first === undefined) throw new Error("an adapter needs at least one module");
    const given = modules.map((module) => demandTensors(module, tensors.get(module.module)));
    this.method = first.method;
    this.modules = modules;
    const surroundings = { projections, frozen: this.frozen };
    this.attached = new Map(
      modules.map((module, i) => [module.module, methodOf(module).attach(module, given[i] as AdapterTensors, surroundings)]),
    );
  }

  /** A fresh adapter for a model's projections. @throws as `planModules` */
  static create(projections: readonly (AdaptableModule & Partial<FrozenLinear>)[], settings: AdapterSettings, seed: number): Adapter {
    const modules = planModules(projections, settings);
    return new Adapter(modules, initialTensors(modules, settings, seed, projections), projections);
  }

  /** The attached module of this name, undefined where the adapter leaves the projection as it is. */
  at(module: string): AttachedModule | undefined {
    return this.attached.get(module);
  }

  get adapter(): Adapter {
    return this;
  }

  /** Modules with a sparse layer. */
  get sparseModules(): readonly AdapterModule[] {
    return latentMethodOf(this).hasTopK ? this.modules : [];
  }

  get selectsOverBatch(): boolean {
    return [...this.attached.values()].some((one) => one.selectsOverBatch === true);
  }

  /** Whether a module's entry of activation 0 is a kept latent, whose slot another could take; with BatchTopK it only fills a row up. */
  keepsZeros(module: string): boolean {
    return this.attached.get(module)?.selection?.refills ?? true;
  }

  /** All trained matrices, in a fixed order. */
  parameters(): Parameter[] {
    return [...this.attached.values()].flatMap(({ parameters }) => Object.values(parameters));
  }

  get cost(): AdapterCost {
    return adapterCost(this.modules);
  }

  /** What is held now: the trained tensors, those that modules share, and what was made of them to run. */
  get heldBytes(): number {
    const made = [...this.attached.values()].reduce((sum, one) => sum + one.heldBytes(), 0);
    return this.parameters().reduce((sum, { heldBytes }) => sum + heldBytes, made + this.frozen.heldBytes);
  }

  /**
   * Hooks for training: they can go backward.
   *
   * @param onKept is told which latents are kept, of methods that select them
   * @param draw what dropout is drawn by, needed where modules have it
   * @param attentionMask (tokens) 0 for padding; all tokens count when absent
   * @throws Error without a draw that is needed
   */
  trainingHooks(onKept?: KeptObserver, draw?: DropoutDraw, attentionMask?: Int32Array): ProjectionHooks {
    return this.hooksOf((one, place) => one.trainingHook({ place, onKept, draw, attentionMask }));
  }

  /** A hook for each adapted module. @param place of the module among the adapter's */
  hooksOf(make: (attached: AttachedModule, place: number) => ProjectionHook): ProjectionHooks {
    const hooks = new Map([...this.attached].map(([name, one], place) => [name, make(one, place)]));
    return { at: (module) => hooks.get(module) };
  }

  /** After the update of a step: BatchTopK's thresholds follow the step's micro-batches. */
  endStep(): void {
    for (const one of this.attached.values()) one.endStep?.();
  }

  /** ‖D[:, j]‖ of every latent by module; of LoRA ‖B[:, i]‖, of DoRA ‖g ⊙ B[:, i]‖. The scaling, equal for a whole module, is left out. */
  decoderNorms(): Map<string, Float32Array> {
    return new Map([...this.attached].map(([name, one]) => [name, one.decoderNorms()]));
  }

  /** Lets go of the values handed out for reading; before every update. */
  release(): void {
    for (const one of this.attached.values()) one.release();
    for (const parameter of this.parameters()) parameter.release();
  }

  /** The matrices by module, oriented as PEFT stores them. */
  tensors(): Map<string, AdapterTensors> {
    return new Map([...this.attached].map(([name, one]) => [name, one.stored()]));
  }

  free(): void {
    this.release();
    for (const parameter of this.parameters()) parameter.free();
    this.frozen.free();
  }
}

function demandTensors(module: AdapterModule, tensors: AdapterTensors | undefined): AdapterTensors {
  const { module: name } = module;
  const held = new Map<string, Matrix | Vector | undefined>(Object.entries(tensors ?? {}));
  const method = methodOf(module);
  const isShared = (part: string) => method.shared?.parts.some((one) => one === part) === true;
  for (const [part, shape] of method.shapes(module)) {
    const tensor = held.get(part);
    if (tensor === undefined) throw new Error(`${name}: the adapter's ${part} is missing`);
    const fits = isShared(part) ? isWithin(shape, tensor.shape) : sameShape(tensor.shape, shape);
    if (!fits || tensor.data.length !== sizeOf(tensor.shape)) {
      throw new Error(`${name}: the adapter's ${part} has shape [${tensor.shape}], but the model needs [${shape}]`);
    }
  }
  if (tensors === undefined) throw new Error(`${name}: the adapter's tensors are missing`);
  return tensors;
}

function isWithin(shape: readonly number[], other: readonly number[]): boolean {
  return shape.length === other.length && shape.every((size, place) => size <= (other[place] ?? 0));
}
