import type { ProjectionHook, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { transposed } from "@/server/engine/models/weights";
import { sameShape, sizeOf } from "@/server/engine/tensor/tensor";
import { type AttachedLora, attachLora, loraTrainingHook } from "./attached-lora";
import { adapterCost } from "./counting";
import { type DropoutDraw, dropoutMask } from "./dropout";
import type { FrozenLinear } from "./frozen-linear";
import { type AdapterTensors, initialTensors, type LoraTensors, type Matrix, type StanTensors, type Vector } from "./init";
import type { InputMask } from "./lora";
import { Parameter } from "./parameter";
import { type AdaptableModule, planModules } from "./plan-modules";
import type { AdapterModule, AdapterSettings, LoraModule, StanModule } from "./settings";
import { type KeptObserver, type StanParameters, stanHook } from "./stan";

/** A module with its trained matrices. */
export type AttachedModule = { readonly method: "stan"; readonly module: StanModule; readonly parameters: StanParameters } | AttachedLora;

/**
 * A STAN or LoRA adapter in memory. It belongs to no model: any number of them run over one model's weights. A DoRA adapter alone reads those of its
 * model, which it does not own.
 */
export class Adapter {
  readonly method: AdapterModule["method"];
  /** In the base model's order. */
  readonly modules: readonly AdapterModule[];
  private readonly attached: ReadonlyMap<string, AttachedModule>;

  /**
   * @param projections the model's, where an update reads the frozen weight (DoRA)
   * @throws Error when a module lacks its matrices or they have other shapes
   */
  constructor(
    modules: readonly AdapterModule[],
    tensors: ReadonlyMap<string, AdapterTensors>,
    projections: readonly Partial<FrozenLinear>[] = [],
  ) {
    const [first] = modules;
    if (first === undefined) throw new Error("an adapter needs at least one module");
    for (const module of modules) demandTensors(module, tensors.get(module.module));
    this.method = first.method;
    this.modules = modules;
    this.attached = new Map(modules.map((module) => [module.module, attach(module, tensors.get(module.module), projections)]));
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

  /** Modules with a sparse layer. */
  get sparseModules(): readonly AdapterModule[] {
    return this.method === "stan" ? this.modules : [];
  }

  /** All trained matrices, in a fixed order. */
  parameters(): Parameter[] {
    return [...this.attached.values()].flatMap(({ parameters }) => Object.values(parameters) as Parameter[]);
  }

  /** Bytes of the trained matrices. */
  get bytes(): number {
    return adapterCost(this.modules).bytes;
  }

  /** What is held now: the trained tensors, and what was made of them to run. */
  get heldBytes(): number {
    const ofDora = [...this.attached.values()].reduce((sum, one) => sum + ((one.method === "lora" && one.dora?.heldBytes) || 0), 0);
    return this.parameters().reduce((sum, { heldBytes }) => sum + heldBytes, ofDora);
  }

  /**
   * Hooks for training: they can go backward.
   *
   * @param onKept is told which latents STAN keeps
   * @param draw what dropout is drawn by, needed where modules have it
   * @throws Error without it
   */
  trainingHooks(onKept?: KeptObserver, draw?: DropoutDraw): ProjectionHooks {
    const hooks = new Map<string, ProjectionHook>();
    for (const [name, one] of this.attached) {
      const place = hooks.size;
      if (one.method === "stan") hooks.set(name, stanHook(one.module, one.parameters, onKept));
      else hooks.set(name, loraTrainingHook(one, inputMask(one.module, place, draw)));
    }
    return { at: (module) => hooks.get(module) };
  }

  /** Lets go of the values handed out for reading; before every update. */
  release(): void {
    for (const one of this.attached.values()) if (one.method === "lora") one.dora?.release();
    for (const parameter of this.parameters()) parameter.release();
  }

  /** The matrices by module, oriented as PEFT stores them. */
  tensors(): Map<string, AdapterTensors> {
    return new Map([...this.attached].map(([name, one]) => [name, storedTensors(one)]));
  }

  free(): void {
    this.release();
    for (const parameter of this.parameters()) parameter.free();
  }
}

function attach(module: AdapterModule, tensors: AdapterTensors | undefined, projections: readonly Partial<FrozenLinear>[]): AttachedModule {
  if (module.method === "stan") {
    const { E, D } = tensors as StanTensors;
    const byLatent = transposed(D.data, D.shape[0], D.shape[1]);
    const parameters = {
      E: new Parameter(`${module.module}.E`, E.data, E.shape),
      D: new Parameter(`${module.module}.D`, byLatent, [D.shape[1], D.shape[0]]),
    };
    return { method: "stan", module, parameters };
  }
  return attachLora(module, tensors as LoraTensors, projections);
}

function inputMask({ module, dIn, dropout = 0 }: LoraModule, place: number, draw: DropoutDraw | undefined): InputMask {
  if (dropout === 0) return () => undefined;
  if (draw === undefined) throw new Error(`${module} has dropout, and training hooks need what it is drawn by`);
  return (pass) => dropoutMask(dropout, draw, place, pass, dIn);
}

function storedTensors({ method, module, parameters }: AttachedModule): AdapterTensors {
  const { dIn, dOut, numLatents } = module;
  if (method === "stan") {
    const D = transposed(parameters.D.values(), numLatents, dOut);
    return { E: { shape: [numLatents, dIn], data: parameters.E.values() }, D: { shape: [dOut, numLatents], data: D } };
  }
  const { A, B, magnitude } = parameters;
  return {
    A: { shape: [numLatents, dIn], data: A.values() },
    B: { shape: [dOut, numLatents], data: B.values() },
    ...(magnitude === undefined ? {} : { magnitude: { shape: [dOut], data: magnitude.values() } }),
  };
}

function demandTensors(module: AdapterModule, tensors: AdapterTensors | undefined): void {
  const { dIn, dOut, numLatents, module: name } = module;
  const [reading, writing] = module.method === "stan" ? ["E", "D"] : ["A", "B"];
  const held = new Map<string, Matrix | Vector | undefined>(Object.entries(tensors ?? {}));
  const wanted = new Map<string | undefined, readonly number[]>([
    [reading, [numLatents, dIn]],
    [writing, [dOut, numLatents]],
  ]);
  if (module.method === "lora" && module.isDora === true) wanted.set("magnitude", [dOut]);
  for (const [part = "", shape] of wanted) {
    const tensor = held.get(part);
    if (tensor === undefined) throw new Error(`${name}: the adapter's ${part} is missing`);
    if (!sameShape(tensor.shape, shape) || tensor.data.length !== sizeOf(shape)) {
      throw new Error(`${name}: the adapter's ${part} has shape [${tensor.shape}], and the model asks for [${shape}]`);
    }
  }
}
