/** Holding a lease keeps the value loaded; `release` may be called once or more. */
export type Lease<T> = { readonly value: T; release(): void };

type Entry<T> = { loading: Promise<T>; loaded: { readonly value: T } | undefined; leases: number; lastUse: number };

/**
 * Values that take long to load and much memory, each held once however many use it. Those not in use leave in the
 * order of their last use when the budget is passed; a value in use never leaves, even over budget. A value may grow while it
 * is in use: sizes are read again whenever one is loaded or released.
 */
export class ResourceCache<T> {
  readonly #budgetBytes: number;
  readonly #sizeOf: (value: T) => number;
  readonly #dispose: (value: T) => void;
  readonly #entries = new Map<string, Entry<T>>();
  #uses = 0;

  constructor(options: { budgetBytes: number; sizeOf: (value: T) => number; dispose: (value: T) => void }) {
    this.#budgetBytes = options.budgetBytes;
    this.#sizeOf = options.sizeOf;
    this.#dispose = options.dispose;
  }

  get sizeBytes(): number {
    let sum = 0;
    for (const { loaded } of this.#entries.values()) if (loaded !== undefined) sum += this.#sizeOf(loaded.value);
    return sum;
  }

  /** Keys of what is loaded, least recently used first. */
  get keys(): string[] {
    return [...this.#entries]
      .filter(([, entry]) => entry.loaded !== undefined)
      .sort(([, a], [, b]) => a.lastUse - b.lastUse)
      .map(([key]) => key);
  }

  /** Loads the value, or waits for whoever is loading it already. A failed load is forgotten, so the next call tries again. */
  async acquire(key: string, load: () => Promise<T>): Promise<Lease<T>> {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { loading: load(), loaded: undefined, leases: 0, lastUse: 0 };
      this.#entries.set(key, entry);
    }
    const held = entry;
    held.leases += 1;
    held.lastUse = ++this.#uses;
    try {
      held.loaded = { value: await held.loading };
    } catch (cause) {
      held.leases -= 1;
      if (this.#entries.get(key) === held) this.#entries.delete(key);
      throw cause;
    }
    this.#evict();
    return this.#lease(held, held.loaded.value);
  }

  /** Lets go of a value that is not in use, at once; one in use stays. */
  drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry?.loaded === undefined || entry.leases > 0) return;
    this.#entries.delete(key);
    this.#dispose(entry.loaded.value);
  }

  #lease(entry: Entry<T>, value: T): Lease<T> {
    let isHeld = true;
    return {
      value,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        entry.leases -= 1;
        this.#evict();
      },
    };
  }

  #evict(): void {
    for (const key of this.keys) {
      if (this.sizeBytes <= this.#budgetBytes) return;
      this.drop(key);
    }
  }
}
