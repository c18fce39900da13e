import { statSync } from "node:fs";
import { join } from "node:path";
import type { Trained } from "@/server/engine/adapters/trained";
import { weightsName } from "@/server/files/adapters/adapter-folder";
import { fullWeightsName } from "@/server/files/adapters/full-folder";
import { FileError } from "@/server/files/file-error";
import { type BaseModel, baseInParts, demandText, type LoadedBase, type Precision } from "@/server/runtime/models/load-base-model";
import { type LoadedModel, loadTop, type ModelPlace } from "@/server/runtime/models/loaded-model";
import { freeTop, type LoadedTop } from "@/server/runtime/models/loaded-top";
import { DeviceTurns, type TurnKind } from "./device-turns";
import { GenerationPool } from "./generation-pool";
import { machineMemory } from "./machine-memory";
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
  readonly #tops: ResourceCache<LoadedTop>;
  readonly #baseIds = new WeakMap<LoadedBase, number>();
  #basesSeen = 0;

  /** @param now a monotonic clock, milliseconds */
  constructor(options: { now: () => number; memoryBytes: number }) {
    const { now, memoryBytes } = options;
    this.turns = new DeviceTurns(now);
    this.generations = new GenerationPool({ turns: this.turns, budgetBytes: generationShare * memoryBytes });
    this.#bases = new ResourceCache({
      budgetBytes: baseShare * memoryBytes,
      sizeOf: ({ model }) => model.bytes,
      dispose: ({ model }) => model.free(),
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
  async base(path: string, precision: Precision, kind: TurnKind): Promise<Lease<LoadedBase>> {
    return this.#bases.acquire(keyOf(path, precision), () => takeTurns(baseInParts(path, precision), { turns: this.turns, kind }));
  }

  /** As `base`, of a model that continues text. @throws FileError also for an encoder */
  async textBase(path: string, precision: Precision, kind: TurnKind): Promise<Lease<BaseModel>> {
    return narrowed(await this.base(path, precision, kind), demandText);
  }

  /**
   * A base model with what a run trained over it. The caller releases the lease.
   *
   * @throws FileError naming the file and what is wrong with it
   */
  async model({ path, precision, folder }: ModelPlace & { readonly folder: string }, kind: TurnKind): Promise<Lease<LoadedModel>> {
    const base = await this.base(path, precision, kind);
    try {
      const top = await this.top(folder, base.value, kind);
      const release = () => {
        top.release();
        base.release();
      };
      return { value: { base: base.value, ...top.value }, release };
    } catch (error) {
      base.release();
      throw error;
    }
  }

  /**
   * What a run trained, an adapter or whole weights, and its head where there is one, over a base model that the caller holds. A folder that was written
   * since is read again, and so it is over a model that was: an adapter may read the weights of its own.
   *
   * @throws FileError as `loadTop`
   */
  async top(folder: string, base: LoadedBase, kind: TurnKind): Promise<Lease<LoadedTop>> {
    return this.#tops.acquire(`${this.#idOf(base)}:${folder}:${writtenAt(folder)}`, () =>
      this.turns.take(kind, () => loadTop(base, folder)),
    );
  }

  /** As `top`, over a model that continues text, where something always was trained. */
  async trained(folder: string, base: BaseModel, kind: TurnKind): Promise<Lease<Trained>> {
    return narrowed(await this.top(folder, base, kind), ({ trained }) => {
      if (trained === undefined) throw new FileError("invalid", folder, "holds nothing that was trained");
      return trained;
    });
  }

  #idOf(base: LoadedBase): number {
    const id = this.#baseIds.get(base) ?? ++this.#basesSeen;
    this.#baseIds.set(base, id);
    return id;
  }
}

/** The same lease of what the value is taken for, released where it is refused. */
function narrowed<T, Narrow>(lease: Lease<T>, take: (value: T) => Narrow): Lease<Narrow> {
  try {
    return { value: take(lease.value), release: () => lease.release() };
  } catch (error) {
    lease.release();
    throw error;
  }
}

function keyOf(path: string, precision: Precision): string {
  return `${precision}:${path}`;
}

/** @param now a monotonic clock, milliseconds */
export function createRuntime(now: () => number): Runtime {
  return new Runtime({ now, memoryBytes: machineMemory() });
}

/** When the tensors of a folder were written; 0 where there are none: reading them says so better. */
function writtenAt(folder: string): number {
  const times = [weightsName, fullWeightsName].map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...times);
}
