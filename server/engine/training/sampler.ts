import { Random, type RandomState } from "@/lib/numbers/random";

export type SamplerState = {
  readonly epoch: number;
  /** Rows taken in this epoch. */
  readonly taken: number;
  /** The generator as it stood before this epoch's order was drawn. */
  readonly random: RandomState;
};

/** Chooses rows: every row once per epoch, in a new random order each time. Its state is small and resumes exactly. */
export class Sampler {
  private readonly numRows: number;
  private readonly isShuffled: boolean;
  private epoch = 0;
  private taken = 0;
  private random: RandomState;
  private next: RandomState;
  private order: Int32Array;

  /** @throws RangeError without rows */
  constructor(numRows: number, options: { readonly shuffle: boolean; readonly seed: number }) {
    if (numRows < 1) throw new RangeError("there are no rows to train on");
    this.numRows = numRows;
    this.isShuffled = options.shuffle;
    this.random = new Random(options.seed).state;
    this.next = this.random;
    this.order = new Int32Array(0);
    this.drawOrder();
  }

  get state(): SamplerState {
    return { epoch: this.epoch, taken: this.taken, random: this.random };
  }

  /** @throws RangeError for a state that is not of this number of rows */
  set state(state: SamplerState) {
    if (state.taken < 0 || state.taken > this.numRows)
      throw new RangeError(`the sampler's state has taken ${state.taken} of ${this.numRows} rows`);
    this.epoch = state.epoch;
    this.taken = state.taken;
    this.random = state.random;
    this.drawOrder();
  }

  /** Epochs so far before the next row is taken, with its fraction. */
  get epochs(): number {
    return this.epoch + this.taken / this.numRows;
  }

  /** The next rows, continuing into the following epoch where this one ends. */
  take(count: number): Int32Array {
    return Int32Array.from({ length: count }, () => {
      const row = this.peek();
      this.taken++;
      return row;
    });
  }

  /** The row that is taken next. */
  peek(): number {
    if (this.taken === this.numRows) {
      this.epoch++;
      this.taken = 0;
      this.random = this.next;
      this.drawOrder();
    }
    return this.order[this.taken] as number;
  }

  private drawOrder(): void {
    this.order = Int32Array.from({ length: this.numRows }, (_, row) => row);
    if (!this.isShuffled) return;
    const random = Random.fromState(this.random);
    random.shuffle(this.order);
    this.next = random.state;
  }
}
