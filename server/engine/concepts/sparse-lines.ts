/** What is not 0 of a matrix of lines × rows, such as a latent's activation in each row. */
export type SparseLines = {
  /** (lines + 1): line j is at starts[j] … starts[j + 1] − 1, in the order in which it was found. */
  readonly starts: Int32Array;
  /** Places of rows in the pass, from 0. */
  readonly places: Int32Array;
  readonly values: Float32Array;
};

/** Entries in the order in which they are found; 12 bytes each. */
export class FoundEntries {
  #count = 0;
  #lines = new Int32Array(1024);
  #places = new Int32Array(1024);
  #values = new Float32Array(1024);

  push(line: number, place: number, value: number): void {
    if (this.#count === this.#values.length) this.#grow();
    this.#lines[this.#count] = line;
    this.#places[this.#count] = place;
    this.#values[this.#count] = value;
    this.#count++;
  }

  #grow(): void {
    const length = Math.ceil(1.5 * this.#count);
    const [lines, places, values] = [new Int32Array(length), new Int32Array(length), new Float32Array(length)];
    lines.set(this.#lines);
    places.set(this.#places);
    values.set(this.#values);
    [this.#lines, this.#places, this.#values] = [lines, places, values];
  }

  /** By line, in the order in which each was found, by counting. */
  sorted(numLines: number): SparseLines {
    const starts = new Int32Array(numLines + 1);
    for (let at = 0; at < this.#count; at++) {
      const next = (this.#lines[at] as number) + 1;
      starts[next] = (starts[next] as number) + 1;
    }
    for (let line = 1; line < starts.length; line++) starts[line] = (starts[line] as number) + (starts[line - 1] as number);
    const ends = starts.slice();
    const [places, values] = [new Int32Array(this.#count), new Float32Array(this.#count)];
    for (let at = 0; at < this.#count; at++) {
      const line = this.#lines[at] as number;
      const slot = ends[line] as number;
      ends[line] = slot + 1;
      places[slot] = this.#places[at] as number;
      values[slot] = this.#values[at] as number;
    }
    return { starts, places, values };
  }
}
