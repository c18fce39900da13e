import { type StateArray, savedInts } from "./state-array";

/** What a training run remembers of one module's latents. */
export type ModuleRecord = {
  /** (numLatents) first step at which the latent was kept, from 1; −1 never. */
  readonly bornAtStep: Int32Array;
  /** (numLatents) last step at which it was kept, where it was not kept in the last `quietSteps` steps; −1 for the others. */
  readonly diedAtStep: Int32Array;
  /** (windows, numLatents) share of a window's tokens at which it was kept. */
  readonly density: Float32Array;
};

/** What a training run remembers of its latents. */
export type LatentRecord = {
  /** Steps that were taken. */
  readonly steps: number;
  readonly quietSteps: number;
  /** (windows) last step of each window, ascending; at most `mostWindows`. */
  readonly windowEnds: Int32Array;
  /** (windows) trained tokens, padding left out. */
  readonly windowTokens: Float64Array;
  readonly modules: ReadonlyMap<string, ModuleRecord>;
};

/** Numbers of the windows for a checkpoint's JSON; tokens of the window that is open come last. */
export type WindowState = { readonly windowEnds: readonly number[]; readonly windowTokens: readonly number[] };

type Counted = {
  /** Counts of each closed window. */
  closed: Int32Array[];
  /** What is to be added to the running counts to have those of the open window. */
  readonly carry: Int32Array;
};

/** Running counts of a module's latents, (numLatents), kept by whoever observes the training. */
export type CountsOf = (module: string) => Int32Array;

export const mostWindows = 32;

/**
 * How often each latent was kept, by windows of steps of equal length. Where a run is longer than the windows, neighbours are merged and
 * the length doubles, so that memory depends on the number of latents alone. Nothing is counted here: a window is a difference of running counts.
 */
export class DensityWindows {
  readonly #modules: ReadonlyMap<string, Counted>;
  #ends: number[] = [];
  #tokens: number[] = [0];

  constructor(modules: readonly { readonly module: string; readonly numLatents: number }[]) {
    this.#modules = new Map(modules.map(({ module, numLatents }) => [module, { closed: [], carry: new Int32Array(numLatents) }]));
  }

  addTokens(tokens: number): void {
    this.#tokens[this.#ends.length] = (this.#tokens[this.#ends.length] ?? 0) + tokens;
  }

  /** To be told before the running counts go back to 0. */
  carry(countsOf: CountsOf): void {
    for (const [module, { carry }] of this.#modules) addTo(carry, countsOf(module));
  }

  /** @param step that was taken, from 1, without a gap */
  endStep(step: number, countsOf: CountsOf): void {
    if (this.#ends.length === mostWindows) this.#mergePairs();
    const length = this.#ends[0] ?? 1;
    if (step - (this.#ends.at(-1) ?? 0) < length) return;
    for (const [module, counted] of this.#modules) {
      const counts = countsOf(module);
      counted.closed.push(sumOf(counted.carry, counts));
      for (let latent = 0; latent < counts.length; latent++) counted.carry[latent] = -(counts[latent] as number);
    }
    this.#ends.push(step);
    this.#tokens.push(0);
  }

  /** The windows up to a step, including the open one if it has started. */
  read(step: number, countsOf: CountsOf): Pick<LatentRecord, "windowEnds" | "windowTokens"> & { densities: Map<string, Float32Array> } {
    const hasOpen = step > (this.#ends.at(-1) ?? 0);
    const windowEnds = Int32Array.from(hasOpen ? [...this.#ends, step] : this.#ends);
    const windowTokens = Float64Array.from(this.#tokens.slice(0, windowEnds.length));
    const densities = new Map<string, Float32Array>();
    for (const [module, { closed, carry }] of this.#modules) {
      const density = new Float32Array(windowEnds.length * carry.length);
      const windows = hasOpen ? [...closed, sumOf(carry, countsOf(module))] : closed;
      windows.forEach((counts, window) => {
        const tokens = windowTokens[window] as number;
        for (let latent = 0; latent < counts.length; latent++)
          density[window * counts.length + latent] = (counts[latent] as number) / tokens;
      });
      densities.set(module, density);
    }
    return { windowEnds, windowTokens, densities };
  }

  /** Everything, for a checkpoint: of each module (windows + 1, numLatents), the open window last. */
  save(countsOf: CountsOf): { windows: WindowState; arrays: Map<string, StateArray> } {
    const arrays = new Map<string, StateArray>();
    for (const [module, { closed, carry }] of this.#modules) {
      const numLatents = carry.length;
      const data = new Int32Array((closed.length + 1) * numLatents);
      for (const [window, counts] of [...closed, sumOf(carry, countsOf(module))].entries()) data.set(counts, window * numLatents);
      arrays.set(arrayName(module), { shape: [closed.length + 1, numLatents], data });
    }
    return { windows: { windowEnds: [...this.#ends], windowTokens: [...this.#tokens] }, arrays };
  }

  /** @throws Error naming the array that is missing or of another size */
  restore({ windowEnds, windowTokens }: WindowState, arrays: ReadonlyMap<string, StateArray>, countsOf: CountsOf): void {
    this.#ends = [...windowEnds];
    this.#tokens = [...windowTokens];
    for (const [module, counted] of this.#modules) {
      const numLatents = counted.carry.length;
      const data = savedInts(arrays, arrayName(module), (windowEnds.length + 1) * numLatents);
      const windowAt = (window: number) => data.slice(window * numLatents, (window + 1) * numLatents);
      const counts = countsOf(module);
      counted.closed = windowEnds.map((_, window) => windowAt(window));
      counted.carry.set(windowAt(windowEnds.length).map((count, latent) => count - (counts[latent] as number)));
    }
  }

  #mergePairs(): void {
    for (const counted of this.#modules.values()) {
      counted.closed = everySecond(counted.closed).map((counts, pair) => sumOf(counts, counted.closed[2 * pair + 1] as Int32Array));
    }
    const open = this.#tokens[mostWindows] as number;
    const tokens = this.#tokens;
    this.#tokens = [...everySecond(tokens.slice(0, mostWindows)).map((sum, pair) => sum + (tokens[2 * pair + 1] as number)), open];
    this.#ends = this.#ends.filter((_, window) => window % 2 === 1);
  }
}

function arrayName(module: string): string {
  return `keptByWindow.${module}`;
}

function everySecond<T>(all: readonly T[]): T[] {
  return all.filter((_, at) => at % 2 === 0);
}

function addTo(sums: Int32Array, more: Int32Array): void {
  for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] as number) + (more[at] as number);
}

function sumOf(one: Int32Array, other: Int32Array): Int32Array {
  const sums = one.slice();
  addTo(sums, other);
  return sums;
}
