import { statSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { Trained } from "@/server/engine/adapters/trained";
import { weightsName } from "@/server/files/adapters/adapter-folder";
import { fullWeightsName } from "@/server/files/adapters/full-folder";
import { FileError } from "@/server/files/file-error";
import { type BaseModel, baseModelInParts, type Precision } from "@/server/runtime/models/load-base-model";
import { type EncoderBase, type EncoderTop, freeTop, loadEncoderBase, loadEncoderTop } from "@/server/runtime/models/load-classifier";
import { loadTrained } from "@/server/runtime/models/load-full";
import { freeBase, isEncoderBase, type LoadedBase } from "@/server/runtime/models/loaded-base";
import { DeviceTurns, type TurnKind } from "./device-turns";
import { GenerationPool } from "./generation-pool";
import { type Lease, ResourceCache } from "./resource-cache";
import { takeTurns } from "./take-turns";

/** Our choice: parts of the memory that loaded weights and the caches of generations may fill; the rest is for training and for what a pass computes. */
const baseShare = 0.35;
const adapterShare = 0.15;
const generationShare = 0.15;

/**
 * What a worker has loaded, and whose turn it is on the device. A base model is there once however many adapters and
 * requests use it; what nobody uses leaves when memory runs short, longest unused first.
 */
export class Runtime {
  readonly turns: DeviceTurns;
  readonly generations: GenerationPool;
  readonly #bases: ResourceCache<LoadedBase>;
  readonly #trained: ResourceCache<Trained>;
  readonly #tops: ResourceCache<EncoderTop>;
  readonly #baseIds = new WeakMap<LoadedBase, number>();
  #basesSeen = 0;

  /** @param now a monotonic clock, milliseconds */
  constructor(options: { now: () => number; memoryBytes: number }) {
    const { now, memoryBytes } = options;
    this.turns = new DeviceTurns(now);
    this.generations = new GenerationPool({ turns: this.turns, budgetBytes: generationShare * memoryBytes });
    this.#bases = new ResourceCache({
      budgetBytes: baseShare * memoryBytes,
      sizeOf: (base) => (isEncoderBase(base) ? base.encoder.bytes : base.model.bytes),
      dispose: freeBase,
    });
    this.#trained = new ResourceCache({
      budgetBytes: adapterShare * memoryBytes,
      sizeOf: (trained) => trained.heldBytes,
      dispose: (trained) => trained.free(),
    });
    this.#tops = new ResourceCache({
      budgetBytes: adapterShare * memoryBytes,
      sizeOf: ({ trained, classifier }) => (trained?.heldBytes ?? 0) + 4 * (classifier?.head.parameterCount ?? 0),
      dispose: freeTop,
    });
  }

  /** Paths of the base models in memory. */
  get loaded(): string[] {
    return [...new Set(this.#bases.keys.map((key) => key.slice(key.indexOf(":") + 1)))];
  }

  isLoaded(path: string, precision: Precision): boolean {
    return this.#bases.keys.includes(keyOf(path, precision));
  }

  /**
   * A base model, read from disk unless it is loaded. The caller releases the lease.
   *
   * @throws FileError naming the file and what is wrong with it
   */
  async base(path: string, precision: Precision, kind: TurnKind): Promise<Lease<BaseModel>> {
    const lease = await this.#bases.acquire(keyOf(path, precision), () =>
      takeTurns(baseModelInParts(path, precision), { turns: this.turns, kind }),
    );
    const { value } = lease;
    if (isEncoderBase(value)) throw new Error(`${path}: is loaded as an encoder under a language model's key`);
    return { value, release: () => lease.release() };
  }

  /**
   * An encoder, read from disk unless it is loaded. The caller releases the lease.
   *
   * @throws FileError naming the file and what is wrong with it
   */
  async encoder(path: string, precision: Precision, kind: TurnKind): Promise<Lease<EncoderBase>> {
    const lease = await this.#bases.acquire(`encoder-${keyOf(path, precision)}`, () =>
      this.turns.take(kind, () => loadEncoderBase(path, precision)),
    );
    const { value } = lease;
    if (!isEncoderBase(value)) throw new Error(`${path}: is held as a language model under the key of an encoder`);
    return { value, release: () => lease.release() };
  }

  /**
   * What a run trained, and its head, over an encoder that the caller holds; as `trained`.
   *
   * @throws FileError as `loadEncoderTop`
   */
  async encoderTop(folder: string, base: EncoderBase, kind: TurnKind): Promise<Lease<EncoderTop>> {
    return this.#tops.acquire(`${this.#idOf(base)}:${folder}:${writtenAt(folder)}`, () =>
      this.turns.take(kind, () => loadEncoderTop(base, folder)),
    );
  }

  /**
   * What a run trained, an adapter or whole weights, over a base model that the caller holds. A folder that was written since is read again, and so it is
   * over a model that was: an adapter may read the weights of its own.
   *
   * @throws FileError as `loadTrained`
   */
  async trained(folder: string, base: BaseModel, kind: TurnKind): Promise<Lease<Trained>> {
    return this.#trained.acquire(`${this.#idOf(base)}:${folder}:${writtenAt(folder)}`, () =>
      this.turns.take(kind, () => loadTrained(folder, base.model)),
    );
  }

  /** As `trained`, of a run that has latents. @throws FileError also for whole weights */
  async adapter(folder: string, base: BaseModel, kind: TurnKind): Promise<Lease<Adapter>> {
    const lease = await this.trained(folder, base, kind);
    const { adapter } = lease.value;
    if (adapter !== undefined) return { value: adapter, release: () => lease.release() };
    lease.release();
    throw new FileError("invalid", folder, "holds whole weights, which have no latents; give an adapter");
  }

  #idOf(base: LoadedBase): number {
    const id = this.#baseIds.get(base) ?? ++this.#basesSeen;
    this.#baseIds.set(base, id);
    return id;
  }
}

function keyOf(path: string, precision: Precision): string {
  return `${precision}:${path}`;
}

/** @param now a monotonic clock, milliseconds */
export function createRuntime(now: () => number): Runtime {
  return new Runtime({ now, memoryBytes: memoryBytes() });
}

/** The machine's memory, or the container's where that is less. */
function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** When the tensors of a folder were written; 0 where there are none: reading them says so better. */
function writtenAt(folder: string): number {
  const times = [weightsName, fullWeightsName].map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...times);
}
