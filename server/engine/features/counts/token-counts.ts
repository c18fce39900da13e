import type { InParts } from "@/server/engine/tensor/in-parts";
import { type CounterBudget, CounterMemory } from "./counter-memory";

/** A token that a latent fired at: at least `count − error` and at most `count` times. */
export type CountedToken = { token: number; count: number; error: number };

/** Firings of a batch, sorted by latent: those of latent j are at starts[j] … starts[j + 1] − 1, each by its place in the batch. */
export type BatchFirings = { readonly starts: Int32Array; readonly places: Int32Array };
type WaitingBatch = { readonly firings: BatchFirings; readonly ids: Int32Array };

/** Firings that may wait to be counted: half a megabyte per module, shared by its two counts. */
const mostWaiting = 2 ** 17;
/** Slots of a latent's first table, as a power of two. */
const firstBits = 3;
/** A table grows to this size whatever the budget says, so that a latent's 12 listed tokens are always the best of at least 24. */
const guaranteedBits = 6;
/** A part of work on all latents ends after so many entries: some tens of milliseconds. */
const entriesAPart = 2 ** 16;

/**
 * How often each latent of a module fired at each token. A latent has a hash table that grows with the tokens it fires at, and becomes a plain list of
 * counts by token once that takes no more room; it is exact while the collection's budget lets it grow. A full table that may not grow is purged: the
 * median of its counts is subtracted from all of them, tokens that are left with none are dropped, and the latent's error grows by that median (Anderson
 * et al. 2017, "A High-Performance Algorithm for Identifying Frequent Items in Data Streams", after Misra and Gries 1982). A count is then too low by at
 * most its latent's error, and so is the 0 of a token that is not there.
 */
export class TokenCounts {
  readonly numLatents: number;
  readonly #errors: Uint32Array;
  readonly #bits: Uint8Array;
  readonly #vocab: number;
  /** Of a table that is a list by token. */
  readonly #listBits: number;
  readonly #used: Uint32Array;
  readonly #addresses: Uint32Array;
  readonly #memory: CounterMemory;
  #waiting: WaitingBatch[] = [];
  #waitingFirings = 0;

  constructor(numLatents: number, vocab: number, budget: CounterBudget) {
    this.numLatents = numLatents;
    this.#errors = new Uint32Array(numLatents);
    this.#bits = new Uint8Array(numLatents);
    this.#vocab = vocab;
    this.#listBits = Math.max(1, Math.ceil(Math.log2(vocab)) - 1);
    this.#used = new Uint32Array(numLatents);
    this.#addresses = new Uint32Array(numLatents);
    this.#memory = new CounterMemory(budget);
  }

  /** By latent: what its counts may be too low by. */
  get errors(): Uint32Array {
    this.#settle();
    return this.#errors;
  }

  /** By latent: log2 of its table's slots, of two numbers each; 0 for none yet. */
  get bits(): Uint8Array {
    this.#settle();
    return this.#bits;
  }

  /**
   * Counts a batch's firings. They wait until enough batches have come or counts are read: each latent's table is then visited once for all of them,
   * and its first one has the right size.
   *
   * @param ids tokens by place; below 0 for none
   */
  addBatch(firings: BatchFirings, ids: Int32Array): void {
    this.#waiting.push({ firings, ids });
    this.#waitingFirings += firings.places.length;
    if (this.#waitingFirings >= mostWaiting) this.#settle();
  }

  add(latent: number, token: number, count = 1): void {
    for (;;) {
      const { page, start, bits } = this.#table(latent);
      if (this.#put(page, start, bits, latent, token, count)) return;
      if (bits === 0) this.#resize(latent, Math.min(firstBits, this.#listBits));
      else this.#makeRoom(latent, bits);
    }
  }

  /** Most frequent first, of equal ones the lower id. */
  top(latent: number, limit: number): CountedToken[] {
    const error = this.errors[latent] as number;
    return this.entries(latent)
      .sort((a, b) => b.count - a.count || a.token - b.token)
      .slice(0, limit)
      .map(({ token, count }) => ({ token, count: count + error, error }));
  }

  /** What is in a latent's table, in the order of tokens; the counts without the error. */
  entries(latent: number): { token: number; count: number }[] {
    this.#settle();
    return this.#unordered(latent).sort((a, b) => a.token - b.token);
  }

  /** How many tokens are in a latent's table. */
  numTokens(latent: number): number {
    this.#settle();
    const { page, start, bits } = this.#table(latent);
    if (bits !== this.#listBits) return this.#used[latent] as number;
    return page.subarray(start, start + this.#vocab).reduce((sum, count) => sum + (count === 0 ? 0 : 1), 0);
  }

  /** Adds the counts of another part of the collection. */
  merge(other: TokenCounts): InParts<void> {
    return other.forEachLatent((latent, entries) => {
      this.#errors[latent] = (this.#errors[latent] as number) + (other.#errors[latent] as number);
      for (const { token, count } of entries) this.add(latent, token, count);
    });
  }

  /** Visits each latent in order with its `entries`, some at a time. */
  *forEachLatent(visit: (latent: number, entries: readonly { token: number; count: number }[]) => void): InParts<void> {
    let ofPart = 0;
    for (let latent = 0; latent < this.numLatents; latent++) {
      const entries = this.entries(latent);
      visit(latent, entries);
      ofPart += entries.length;
      if (ofPart < entriesAPart) continue;
      ofPart = 0;
      yield;
    }
  }

  /** Sets a latent that has no counts yet, to what `entries`, `bits` and `errors` gave. */
  restore(latent: number, bits: number, error: number, entries: Iterable<{ token: number; count: number }>): void {
    if (bits > 0) this.#resize(latent, bits);
    this.#errors[latent] = error;
    for (const { token, count } of entries) this.add(latent, token, count);
  }

  /** Counts the waiting firings. */
  #settle(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    this.#waitingFirings = 0;
    // By token, the latest latent that fires at it, plus 1.
    const seenBy = new Int32Array(this.#vocab);
    for (let latent = 0; latent < this.numLatents; latent++) {
      if (this.#bits[latent] === 0) this.#makeTable(latent, distinctTokens(latent, waiting, seenBy));
      for (let at = 0; at < waiting.length; at++) this.#addFirings(latent, waiting[at] as WaitingBatch);
    }
  }

  /** A latent's first table, of the size that it would grow to. */
  #makeTable(latent: number, numTokens: number): void {
    if (numTokens === 0) return;
    let bits = firstBits;
    while (mostUsed(bits) < numTokens) bits++;
    if (bits > guaranteedBits && !this.#memory.allows(1 << bits)) bits = guaranteedBits;
    this.#resize(latent, Math.min(bits, this.#listBits));
  }

  #addFirings(latent: number, { firings: { starts, places }, ids }: WaitingBatch): void {
    const end = starts[latent + 1] as number;
    let firing = starts[latent] as number;
    if (firing === end) return;
    let { page, start, bits } = this.#table(latent);
    for (; firing < end; firing++) {
      const token = ids[places[firing] as number] as number;
      if (token < 0 || this.#put(page, start, bits, latent, token, 1)) continue;
      this.add(latent, token);
      ({ page, start, bits } = this.#table(latent));
    }
  }

  /** Counts a token in a latent's table. @returns false where there is none yet, or no room for another token */
  #put(page: Int32Array, start: number, bits: number, latent: number, token: number, count: number): boolean {
    if (bits === this.#listBits) {
      page[start + token] = (page[start + token] as number) + count;
      return true;
    }
    if (bits === 0) return false;
    const slot = slotOf(page, start, bits, token);
    if (page[slot] === 0) {
      if ((this.#used[latent] as number) >= mostUsed(bits)) return false;
      page[slot] = token + 1;
      this.#used[latent] = (this.#used[latent] as number) + 1;
    }
    page[slot + 1] = (page[slot + 1] as number) + count;
    return true;
  }

  #table(latent: number): { page: Int32Array; start: number; bits: number } {
    const address = this.#addresses[latent] as number;
    const bits = this.#bits[latent] as number;
    return { page: bits === 0 ? noTable : this.#memory.page(address), start: this.#memory.start(address), bits };
  }

  #unordered(latent: number): { token: number; count: number }[] {
    const { page, start, bits } = this.#table(latent);
    const found: { token: number; count: number }[] = [];
    if (bits === this.#listBits) {
      for (let token = 0; token < this.#vocab; token++) {
        if (page[start + token] !== 0) found.push({ token, count: page[start + token] as number });
      }
    } else if (bits > 0) {
      for (let at = start; at < start + (2 << bits); at += 2) {
        if (page[at] !== 0) found.push({ token: (page[at] as number) - 1, count: page[at + 1] as number });
      }
    }
    return found;
  }

  #makeRoom(latent: number, bits: number): void {
    if (bits < guaranteedBits || this.#memory.allows(1 << bits)) this.#resize(latent, bits + 1);
    else this.#purge(latent);
  }

  #resize(latent: number, bits: number): void {
    const { page: from, start, bits: before } = this.#table(latent);
    const old = this.#addresses[latent] as number;
    const address = this.#memory.take(bits);
    this.#addresses[latent] = address;
    this.#bits[latent] = bits;
    this.#used[latent] = 0;
    if (before === 0) return;
    const [to, begin] = [this.#memory.page(address), this.#memory.start(address)];
    // Entries go straight over: most tables grow several times in the first batches, and lists between would cost more than all else here.
    for (let at = start; at < start + (2 << before); at += 2) {
      const held = from[at] as number;
      if (held !== 0) this.#put(to, begin, bits, latent, held - 1, from[at + 1] as number);
    }
    this.#memory.free(old, before);
  }

  #purge(latent: number): void {
    const held = this.#unordered(latent);
    const median = Uint32Array.from(held, ({ count }) => count).sort()[held.length >>> 1] as number;
    const { page, start, bits } = this.#table(latent);
    page.fill(0, start, start + (2 << bits));
    this.#used[latent] = 0;
    this.#errors[latent] = (this.#errors[latent] as number) + median;
    for (const { token, count } of held) if (count > median) this.add(latent, token, count - median);
  }
}

const noTable = new Int32Array(0);

/** @param seenBy by token, the latest latent that fires at it, plus 1; brought up to this latent */
function distinctTokens(latent: number, batches: readonly WaitingBatch[], seenBy: Int32Array): number {
  let distinct = 0;
  for (let batch = 0; batch < batches.length; batch++) {
    const { firings, ids } = batches[batch] as WaitingBatch;
    const { starts, places } = firings;
    for (let at = starts[latent] as number, end = starts[latent + 1] as number; at < end; at++) {
      const token = ids[places[at] as number] as number;
      if (token < 0 || seenBy[token] === latent + 1) continue;
      seenBy[token] = latent + 1;
      distinct++;
    }
  }
  return distinct;
}

/** Where a hash table has a token, or would have it; a slot holds the token plus 1, since 0 is a free one, and then its count. */
function slotOf(page: Int32Array, start: number, bits: number, token: number): number {
  const mask = (1 << bits) - 1;
  let slot = Math.imul(token, 0x9e3779b1) >>> (32 - bits);
  for (;;) {
    const at = start + 2 * slot;
    const held = page[at];
    if (held === 0 || held === token + 1) return at;
    slot = (slot + 1) & mask;
  }
}

/** Tokens that a table of 2^bits slots takes before it is full: linear probing stays short up to three quarters. */
function mostUsed(bits: number): number {
  return 3 << (bits - 2);
}
