type Entry = { value: Promise<unknown>; bytes: number; isLoaded: boolean };

/** Keeps what was loaded, the least recently used leaving first when it comes to more bytes than allowed. */
export class ByteCache {
  readonly #entries = new Map<string, Entry>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * What stands under a key, loaded once however many ask for it at the same time. A load that fails is tried again by the next who asks.
   *
   * @param key names one kind of value only
   */
  async get<Value>(key: string, load: () => Promise<{ value: Value; bytes: number }>): Promise<Value> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      // The key's own `load` made it.
      return known.value as Promise<Value>;
    }
    const entry: Entry = { value: Promise.resolve(), bytes: 0, isLoaded: false };
    const value = load().then(
      (loaded) => {
        entry.isLoaded = true;
        this.#resize(entry, loaded.bytes);
        return loaded.value;
      },
      (error: unknown) => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
        throw error;
      },
    );
    entry.value = value;
    this.#entries.set(key, entry);
    return value;
  }

  /** Says that what stands under a key has become larger or smaller. */
  setBytes(key: string, bytes: number): void {
    const entry = this.#entries.get(key);
    if (entry?.isLoaded) this.#resize(entry, bytes);
  }

  #resize(entry: Entry, bytes: number): void {
    this.#bytes += bytes - entry.bytes;
    entry.bytes = bytes;
    for (const [key, other] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) return;
      if (!other.isLoaded || other === entry) continue;
      this.#entries.delete(key);
      this.#bytes -= other.bytes;
    }
  }
}
