import { Random } from "@/lib/numbers/random";
import { Parameter } from "@/server/engine/methods/parameter";
import type { HeadTensors } from "@/server/engine/models/encoders/classification-head";
import type { ClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { HeadTensor } from "@/server/engine/models/encoders/encoder-model";
import { sizeOf } from "@/server/engine/tensor/tensor";

/** Standard deviation of a fresh head's weights, as transformers starts them. */
const FRESH = 0.02;

/** The head of a classification in memory: full float32 tensors, trained with the adapter or alone. */
export class TrainedHead {
  private readonly held: readonly Parameter[];

  /**
   * @param tensors by the checkpoint's names, as PEFT saves them (`modules_to_save`)
   * @throws Error naming the tensor that is missing, superfluous or of another shape
   */
  constructor({ headShapes, numLabels }: Pick<ClassificationModel, "headShapes" | "numLabels">, tensors: ReadonlyMap<string, HeadTensor>) {
    const superfluous = [...tensors.keys()].find((name) => !headShapes.has(name));
    if (superfluous !== undefined) {
      throw new Error(`the head has a tensor ${superfluous}, which is not one of ${[...headShapes.keys()].join(", ")}`);
    }
    const values = [...headShapes].map(([name, shape]): [string, HeadTensor] => {
      const found = tensors.get(name);
      if (found === undefined) throw new Error(`the head is missing ${name}; save the adapter with the module in modules_to_save`);
      if (found.shape.join() !== shape.join() || found.data.length !== sizeOf(shape)) {
        throw new Error(`the head's ${name} has shape [${found.shape}], but a head with ${numLabels} labels needs [${shape}]`);
      }
      return [name, found];
    });
    this.held = values.map(([name, { data, shape }]) => new Parameter(name, data, shape));
  }

  /** Weights normal with deviation 0.02, biases zero. One seed gives one start. */
  static create(model: Pick<ClassificationModel, "headShapes" | "numLabels">, seed: number): TrainedHead {
    const random = new Random(seed);
    const tensors = [...model.headShapes].map(([name, shape]): [string, HeadTensor] => {
      const data = new Float32Array(sizeOf(shape));
      if (shape.length > 1) for (let i = 0; i < data.length; i++) data[i] = FRESH * random.nextNormal();
      return [name, { shape, data }];
    });
    return new TrainedHead(model, new Map(tensors));
  }

  /**
   * The checkpoint's own head where it has one for as many labels, otherwise a fresh one.
   *
   * @returns with where it comes from, for the run's record
   */
  static start(model: ClassificationModel, seed: number): { head: TrainedHead; from: "checkpoint" | "seed" } {
    const { checkpointHead } = model.encoder;
    const fits = [...model.headShapes].every(([name, shape]) => checkpointHead?.get(name)?.shape.join() === shape.join());
    if (checkpointHead === undefined || !fits) return { head: TrainedHead.create(model, seed), from: "seed" };
    return { head: new TrainedHead(model, checkpointHead), from: "checkpoint" };
  }

  /** In a fixed order. */
  parameters(): readonly Parameter[] {
    return this.held;
  }

  /** Trained numbers, which are counted apart from the adapter's. */
  get parameterCount(): number {
    return this.held.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  /** The present tensors, valid until `release`; the caller does not free them. */
  read(): HeadTensors {
    return new Map(this.held.map((parameter) => [parameter.key, parameter.read()]));
  }

  /** Lets go of the values handed out for reading; before every update. */
  release(): void {
    for (const parameter of this.held) parameter.release();
  }

  /** By the checkpoint's names. */
  tensors(): Map<string, HeadTensor> {
    return new Map(this.held.map((parameter) => [parameter.key, { shape: parameter.shape, data: parameter.values() }]));
  }

  free(): void {
    for (const parameter of this.held) parameter.free();
  }
}
