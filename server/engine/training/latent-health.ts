import type { HookPass } from "@/server/engine/models/projection-hook";

/** Which latents lived over a window of training tokens, all modules together. */
export type HealthReport = {
  readonly windowTokens: number;
  readonly numLatents: number;
  /** Latents kept at least once in the window. */
  readonly alive: number;
  /** Alive in this window and not in the one before; 0 in the first. */
  readonly births: number;
  /** Alive in the window before and not in this one. */
  readonly deaths: number;
  /** Latents by density, in bins half a decade wide from 10⁻⁶ to 1; before them a bin of those never kept. */
  readonly densityHistogram: readonly number[];
};

/** Half decades from 10⁻⁶ to 10⁰. */
const DENSITY_BINS = 12;

/** An array of a checkpoint. */
export type StateArray = { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array };

type Tracked = {
  /** How often each latent was kept in the present window. */
  readonly counts: Int32Array;
  /** Step at which each latent was last kept, 0 never. */
  readonly lastKept: Int32Array;
  /** 1 for those alive in the window before. */
  readonly wasAlive: Int32Array;
};

/** Follows which latents are kept during training: one pass over the kept indices a step, nothing on the device. */
export class LatentHealth {
  private readonly modules = new Map<string, Tracked>();
  private windowTokens = 0;
  private windows = 0;

  constructor(modules: readonly { readonly module: string; readonly numLatents: number }[]) {
    for (const { module, numLatents } of modules) {
      const array = () => new Int32Array(numLatents);
      this.modules.set(module, { counts: array(), lastKept: array(), wasAlive: array() });
    }
  }

  /** @param attentionMask (rows · tokens), 0 for padding, which never counts */
  observe(module: string, indices: Int32Array, attentionMask: Int32Array | undefined, pass: HookPass, step: number): void {
    const tracked = this.modules.get(module);
    if (tracked === undefined) return;
    const { counts, lastKept } = tracked;
    const tokens = pass.rows * pass.tokens;
    const k = indices.length / tokens;
    for (let token = 0; token < tokens; token++) {
      if (attentionMask?.[token] === 0) continue;
      for (let at = token * k; at < (token + 1) * k; at++) {
        const latent = indices[at] as number;
        counts[latent] = (counts[latent] as number) + 1;
        lastKept[latent] = step;
      }
    }
  }

  addTokens(tokens: number): void {
    this.windowTokens += tokens;
  }

  /** What happened since the report before; a new window begins. */
  report(): HealthReport {
    const densityHistogram = new Array<number>(DENSITY_BINS + 1).fill(0);
    let numLatents = 0;
    let alive = 0;
    let births = 0;
    let deaths = 0;
    for (const { counts, wasAlive } of this.modules.values()) {
      numLatents += counts.length;
      counts.forEach((count, latent) => {
        const bin = densityBin(count / this.windowTokens);
        densityHistogram[bin] = (densityHistogram[bin] as number) + 1;
        const isAlive = count > 0 ? 1 : 0;
        alive += isAlive;
        if (isAlive === 1 && wasAlive[latent] === 0) births++;
        if (isAlive === 0 && wasAlive[latent] === 1) deaths++;
        wasAlive[latent] = isAlive;
      });
      counts.fill(0);
    }
    const report = {
      windowTokens: this.windowTokens,
      numLatents,
      alive,
      births: this.windows === 0 ? 0 : births,
      deaths,
      densityHistogram,
    };
    this.windowTokens = 0;
    this.windows++;
    return report;
  }

  /** Steps since each latent of a module was last kept, −1 for never. */
  stepsSinceKept(module: string, step: number): Int32Array {
    return (this.modules.get(module)?.lastKept ?? new Int32Array(0)).map((last) => (last === 0 ? -1 : step - last));
  }

  /** Everything, for a checkpoint. */
  save(): { windowTokens: number; windows: number; arrays: Map<string, StateArray> } {
    const arrays = new Map<string, StateArray>();
    for (const [module, tracked] of this.modules) {
      for (const [part, data] of Object.entries(tracked))
        arrays.set(`health.${module}.${part}`, { shape: [data.length], data: data.slice() });
    }
    return { windowTokens: this.windowTokens, windows: this.windows, arrays };
  }

  /** @throws Error naming the array that is missing or of another size */
  restore(saved: { readonly windowTokens: number; readonly windows: number; readonly arrays: ReadonlyMap<string, StateArray> }): void {
    for (const [module, tracked] of this.modules) {
      for (const [part, data] of Object.entries(tracked)) {
        const name = `health.${module}.${part}`;
        const array = saved.arrays.get(name);
        if (array?.data.length !== data.length) throw new Error(`the checkpoint's ${name} is missing or of another adapter`);
        data.set(array.data);
      }
    }
    this.windowTokens = saved.windowTokens;
    this.windows = saved.windows;
  }
}

function densityBin(density: number): number {
  if (!(density > 0)) return 0;
  return 1 + Math.min(DENSITY_BINS - 1, Math.max(0, Math.floor((Math.log10(density) + 6) * 2)));
}
