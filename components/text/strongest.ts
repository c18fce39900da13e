/** Keeps the `most` offers of largest size in a binary heap, the smallest on top; of equal ones the earlier. */
export class Strongest<Group> {
  readonly #most: number;
  readonly #groups: Group[] = [];
  readonly #indices: Int32Array;
  readonly #values: Float64Array;
  readonly #orders: Float64Array;
  #offers = 0;

  constructor(most: number) {
    this.#most = most;
    this.#indices = new Int32Array(most);
    this.#values = new Float64Array(most);
    this.#orders = new Float64Array(most);
  }

  offer(group: Group, index: number, value: number): void {
    const order = this.#offers++;
    const size = this.#groups.length;
    if (size < this.#most) {
      this.#put(size, group, index, value, order);
      this.#rise(size);
    } else if (size > 0 && Math.abs(value) > Math.abs(this.#values[0] ?? 0)) {
      this.#put(0, group, index, value, order);
      this.#sink();
    }
  }

  /** Largest first. */
  ranked(): { readonly group: Group; readonly index: number; readonly value: number }[] {
    const places = this.#groups.map((_, place) => place).sort((a, b) => (this.#isWeaker(a, b) ? 1 : -1));
    return places.flatMap((place) => {
      const group = this.#groups[place];
      return group === undefined ? [] : [{ group, index: this.#indices[place] ?? 0, value: this.#values[place] ?? 0 }];
    });
  }

  #put(place: number, group: Group, index: number, value: number, order: number): void {
    this.#groups[place] = group;
    this.#indices[place] = index;
    this.#values[place] = value;
    this.#orders[place] = order;
  }

  #isWeaker(a: number, b: number): boolean {
    const sizeA = Math.abs(this.#values[a] ?? 0);
    const sizeB = Math.abs(this.#values[b] ?? 0);
    return sizeA === sizeB ? (this.#orders[a] ?? 0) > (this.#orders[b] ?? 0) : sizeA < sizeB;
  }

  #rise(from: number): void {
    for (let place = from; place > 0; ) {
      const parent = (place - 1) >> 1;
      if (!this.#isWeaker(place, parent)) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #sink(): void {
    const size = this.#groups.length;
    for (let place = 0; ; ) {
      const left = 2 * place + 1;
      const right = left + 1;
      let weakest = place;
      if (left < size && this.#isWeaker(left, weakest)) weakest = left;
      if (right < size && this.#isWeaker(right, weakest)) weakest = right;
      if (weakest === place) return;
      this.#swap(place, weakest);
      place = weakest;
    }
  }

  #swap(a: number, b: number): void {
    const groups = this.#groups;
    const groupA = groups[a];
    const groupB = groups[b];
    if (groupA === undefined || groupB === undefined) return;
    groups[a] = groupB;
    groups[b] = groupA;
    for (const numbers of [this.#indices, this.#values, this.#orders]) {
      const kept = numbers[a] ?? 0;
      numbers[a] = numbers[b] ?? 0;
      numbers[b] = kept;
    }
  }
}
