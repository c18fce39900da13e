const SIZE = 624;
const SHIFT = 397;

/** The 32-bit words of `torch.Generator("cpu").manual_seed(seed)`: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998). */
export class TorchRandom {
  private readonly state = new Uint32Array(SIZE);
  private place = SIZE;

  /** @param seed a whole number, of which the lowest 32 bits count, as in torch */
  constructor(seed: number) {
    const { state } = this;
    state[0] = Number(BigInt.asUintN(32, BigInt(seed)));
    for (let i = 1; i < SIZE; i++) {
      const before = state[i - 1] as number;
      state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  nextWord(): number {
    if (this.place === SIZE) this.twist();
    let word = this.state[this.place++] as number;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /**
   * `Tensor.uniform_(-bound, bound)` in float32, entry by entry, on processors with AVX2: there torch fuses multiplication and addition. Where it does
   * not, the last bits of its numbers differ.
   */
  uniform(count: number, bound: number): Float32Array {
    const from = Math.fround(-bound);
    const range = Math.fround(Math.fround(bound) - from);
    // The lowest 24 bits of a word. The product is exact in float64, and the sum is rounded once.
    return Float32Array.from({ length: count }, () => ((this.nextWord() & 0xffffff) / 2 ** 24) * range + from);
  }

  private twist(): void {
    const { state } = this;
    for (let i = 0; i < SIZE; i++) {
      const mixed = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % SIZE] as number) & 0x7fffffff);
      state[i] = (state[(i + SHIFT) % SIZE] as number) ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.place = 0;
  }
}
