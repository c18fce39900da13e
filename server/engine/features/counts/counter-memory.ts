/** Slots of a page that small blocks share; a larger block has a page of its own. */
const pageBits = 15;
const pageMask = (1 << pageBits) - 1;
const noPage = new Int32Array(0);

/** Bytes of one slot: a token and its count. */
export const slotBytes = 8;

/** What the token counters of one collection may take together, and what they take. */
export class CounterBudget {
  readonly limitBytes: number;
  usedBytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }
}

/**
 * Blocks of 2^bits slots of two numbers each, cut from pages, so that a million small tables cost neither an object each nor a copy of all of them
 * when one grows. A block is named by its address; a freed block is used again by the next of its size.
 */
export class CounterMemory {
  readonly #pages: Int32Array[] = [];
  readonly #freePages: number[] = [];
  readonly #freeBlocks = new Map<number, number[]>();
  readonly #budget: CounterBudget;
  /** First slot of the page that small blocks are cut from, and how many of its slots are cut. */
  #open = { address: 0, cut: pageMask + 1 };

  constructor(budget: CounterBudget) {
    this.#budget = budget;
  }

  /** Whether the budget allows so many more slots. */
  allows(slots: number): boolean {
    return this.#budget.usedBytes + slots * slotBytes <= this.#budget.limitBytes;
  }

  /** @returns the address of a block of zeros */
  take(bits: number): number {
    const slots = 1 << bits;
    this.#budget.usedBytes += slots * slotBytes;
    if (bits > pageBits) return this.#addPage(slots);
    const freed = this.#freeBlocks.get(bits)?.pop();
    if (freed !== undefined) return freed;
    if (this.#open.cut + slots > pageMask + 1) this.#open = { address: this.#addPage(pageMask + 1), cut: 0 };
    const address = this.#open.address + this.#open.cut;
    this.#open.cut += slots;
    return address;
  }

  free(address: number, bits: number): void {
    const slots = 1 << bits;
    this.#budget.usedBytes -= slots * slotBytes;
    if (bits > pageBits) {
      this.#pages[address >>> pageBits] = noPage;
      this.#freePages.push(address >>> pageBits);
      return;
    }
    const start = 2 * (address & pageMask);
    this.page(address).fill(0, start, start + 2 * slots);
    const freed = this.#freeBlocks.get(bits);
    if (freed === undefined) this.#freeBlocks.set(bits, [address]);
    else freed.push(address);
  }

  /** The page that holds a block. */
  page(address: number): Int32Array {
    return this.#pages[address >>> pageBits] as Int32Array;
  }

  /** Where the block begins in its page. */
  start(address: number): number {
    return 2 * (address & pageMask);
  }

  #addPage(slots: number): number {
    const number = this.#freePages.pop() ?? this.#pages.length;
    this.#pages[number] = new Int32Array(2 * slots);
    return (number << pageBits) >>> 0;
  }
}
