import type { CollectionSummary } from "@/lib/contract/latent";
import { type CollectionRow, readCollection, setCollectionProgress } from "@/server/db/latents/collections";
import { retryWhileDown } from "@/server/db/retry-while-down";
import type { HeldWork } from "./held-work";
import type { JobContext } from "./job-context";

type Shown = {
  /** What it is at, in words for a person. */
  readonly stage: string;
  /** Counted positions that are through. */
  readonly positions: number;
  readonly shards: CollectionSummary["shards"];
};

const everyMs = 500;

/** Shows how far a collection is, and learns with every word whether it is still wanted. */
export class CollectionProgress {
  readonly #context: JobContext;
  readonly #collection: CollectionRow;
  readonly #work: HeldWork;
  #shown: Shown = { stage: "", positions: 0, shards: { done: 0, total: 0 } };
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor(context: JobContext, collection: CollectionRow, work: HeldWork) {
    this.#context = context;
    this.#collection = collection;
    this.#work = work;
  }

  /** Shows it at once. @throws LeaseLostError; Error when the collection is no longer wanted */
  async show(change: Partial<Shown>): Promise<void> {
    const { store, now } = this.#context;
    this.#shown = { ...this.#shown, ...change };
    this.#writtenAt = now();
    await this.#work.confirm();
    const row = await retryWhileDown(() => readCollection(store.db, this.#collection.id));
    if (row?.status !== "running") this.#work.request("cancel");
    this.#work.signal.throwIfAborted();
    await retryWhileDown(() => setCollectionProgress(store.db, this.#collection, this.#shown));
  }

  /** Shows it with the next word where the last is fresh. @throws as `show` */
  async update(change: Partial<Shown>): Promise<void> {
    this.#shown = { ...this.#shown, ...change };
    if (this.#context.now() - this.#writtenAt >= everyMs) await this.show({});
  }
}
