/** The largest cosines of a block of latents with others: arrays (rows · width), in no particular order. */
export type Candidates = {
  readonly width: number;
  /** Place of each one's module. */
  readonly modules: Int32Array;
  readonly indices: Int32Array;
  /** Below −1 for a vector that has no direction. */
  readonly cosines: Float32Array;
  /** By row, 1 for a vector without a direction, which is near to nothing. */
  readonly isZero: Uint8Array;
};

/** The nearest latents of each latent of a module, over as many modules as are added; all arrays (numLatents · count). */
export class NearestList {
  readonly count: number;
  /** Place of the neighbour's module, −1 where there is none. */
  readonly modules: Int32Array;
  readonly indices: Int32Array;
  /** In falling order. */
  readonly cosines: Float32Array;

  constructor(numLatents: number, count: number) {
    this.count = count;
    this.modules = new Int32Array(numLatents * count).fill(-1);
    this.indices = new Int32Array(numLatents * count).fill(-1);
    this.cosines = new Float32Array(numLatents * count).fill(Number.NEGATIVE_INFINITY);
  }

  /** Adds candidates of the rows from latent `begin` on; `own` is the place of the list's module, since no latent is its own neighbour. */
  add(begin: number, own: number, { width, modules, indices, cosines, isZero }: Candidates): void {
    isZero.forEach((isNothing, row) => {
      if (isNothing === 1) return;
      for (let at = row * width; at < (row + 1) * width; at++) {
        const [module, index, cosine] = [modules[at] as number, indices[at] as number, cosines[at] as number];
        if (cosine >= -1.5 && !(module === own && index === begin + row)) this.insert(begin + row, module, index, cosine);
      }
    });
  }

  /** A latent's neighbours, the nearest first. */
  of(latent: number): { module: number; index: number; cosine: number }[] {
    return Array.from({ length: this.count }, (_, rank) => {
      const at = latent * this.count + rank;
      return { module: this.modules[at] as number, index: this.indices[at] as number, cosine: this.cosines[at] as number };
    }).filter(({ module }) => module >= 0);
  }

  /** Of equal cosines the one that came first stays first. */
  private insert(latent: number, module: number, index: number, cosine: number): void {
    const first = latent * this.count;
    let at = first + this.count - 1;
    if (!(cosine > (this.cosines[at] as number))) return;
    for (; at > first && cosine > (this.cosines[at - 1] as number); at--) {
      this.modules[at] = this.modules[at - 1] as number;
      this.indices[at] = this.indices[at - 1] as number;
      this.cosines[at] = this.cosines[at - 1] as number;
    }
    this.modules[at] = module;
    this.indices[at] = index;
    this.cosines[at] = cosine;
  }
}
