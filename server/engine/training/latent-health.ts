import type { HookPass } from "@/server/engine/models/projection-hook";
import { type CountsOf, DensityWindows, type LatentRecord, type ModuleRecord, type WindowState } from "./latent-record";
import { type StateArray, savedInts } from "./state-array";

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

/** Numbers for a checkpoint's JSON. */
export type HealthState = WindowState & {
  /** Tokens since the last report, and reports made. */
  readonly reportTokens: number;
  readonly reports: number;
};

type Tracked = {
  /** How often each latent was kept since the last report. */
  readonly counts: Int32Array;
  /** Step at which each latent was first kept, 0 never. */
  readonly firstKept: Int32Array;
  /** Step at which each latent was last kept, 0 never. */
  readonly lastKept: Int32Array;
  /** 1 for those alive in the window before. */
  readonly wasAlive: Int32Array;
};

/** Follows which latents are kept during training: one pass over the kept indices a step, nothing on the device. */
export class LatentHealth {
  private readonly modules = new Map<string, Tracked>();
  private readonly windows: DensityWindows;
  private reportTokens = 0;
  private reports = 0;

  constructor(modules: readonly { readonly module: string; readonly numLatents: number }[]) {
    for (const { module, numLatents } of modules) {
      const array = () => new Int32Array(numLatents);
      this.modules.set(module, { counts: array(), firstKept: array(), lastKept: array(), wasAlive: array() });
    }
    this.windows = new DensityWindows(modules);
  }

  /**
   * @param indices (rows · tokens, width) kept latents, −1 for none
   * @param attentionMask (rows · tokens), 0 for padding, which never counts
   */
  observe(module: string, indices: Int32Array, attentionMask: Int32Array | undefined, pass: HookPass, step: number): void {
    const tracked = this.modules.get(module);
    if (tracked === undefined) return;
    const { counts, firstKept, lastKept } = tracked;
    const tokens = pass.rows * pass.tokens;
    const k = indices.length / tokens;
    for (let token = 0; token < tokens; token++) {
      if (attentionMask?.[token] === 0) continue;
      for (let at = token * k; at < (token + 1) * k; at++) {
        const latent = indices[at] as number;
        if (latent < 0) continue;
        counts[latent] = (counts[latent] as number) + 1;
        if (lastKept[latent] === 0) firstKept[latent] = step;
        lastKept[latent] = step;
      }
    }
  }

  addTokens(tokens: number): void {
    this.reportTokens += tokens;
    this.windows.addTokens(tokens);
  }

  /** After a step's last pass. */
  endStep(step: number): void {
    this.windows.endStep(step, this.countsOf);
  }

  /** What happened since the report before; a new window begins. */
  report(): HealthReport {
    const densityHistogram = new Array<number>(DENSITY_BINS + 1).fill(0);
    let numLatents = 0;
    let alive = 0;
    let births = 0;
    let deaths = 0;
    this.windows.carry(this.countsOf);
    for (const { counts, wasAlive } of this.modules.values()) {
      numLatents += counts.length;
      counts.forEach((count, latent) => {
        const bin = densityBin(count / this.reportTokens);
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
      windowTokens: this.reportTokens,
      numLatents,
      alive,
      births: this.reports === 0 ? 0 : births,
      deaths,
      densityHistogram,
    };
    this.reportTokens = 0;
    this.reports++;
    return report;
  }

  /** Steps since each latent of a module was last kept, −1 for never. */
  stepsSinceKept(module: string, step: number): Int32Array {
    return (this.modules.get(module)?.lastKept ?? new Int32Array(0)).map((last) => (last === 0 ? -1 : step - last));
  }

  /**
   * The whole training so far.
   *
   * @param step the last that was taken
   * @param quietSteps a latent that was not kept for so many steps is dead
   */
  record(step: number, quietSteps: number): LatentRecord {
    const { densities, ...windows } = this.windows.read(step, this.countsOf);
    const modules = new Map<string, ModuleRecord>();
    for (const [module, { firstKept, lastKept }] of this.modules) {
      modules.set(module, {
        bornAtStep: firstKept.map((first) => (first === 0 ? -1 : first)),
        diedAtStep: lastKept.map((last) => (last > 0 && step - last >= quietSteps ? last : -1)),
        density: densities.get(module) ?? new Float32Array(0),
      });
    }
    return { steps: step, quietSteps, ...windows, modules };
  }

  /** Everything, for a checkpoint. */
  save(): { state: HealthState; arrays: Map<string, StateArray> } {
    const { windows, arrays } = this.windows.save(this.countsOf);
    for (const [module, tracked] of this.modules) {
      for (const [part, data] of Object.entries(tracked))
        arrays.set(`health.${module}.${part}`, { shape: [data.length], data: data.slice() });
    }
    return { state: { reportTokens: this.reportTokens, reports: this.reports, ...windows }, arrays };
  }

  /** @throws Error naming the array that is missing or of another size */
  restore(state: HealthState, arrays: ReadonlyMap<string, StateArray>): void {
    for (const [module, tracked] of this.modules) {
      for (const [part, data] of Object.entries(tracked)) data.set(savedInts(arrays, `health.${module}.${part}`, data.length));
    }
    this.windows.restore(state, arrays, this.countsOf);
    this.reportTokens = state.reportTokens;
    this.reports = state.reports;
  }

  private readonly countsOf: CountsOf = (module) => this.modules.get(module)?.counts ?? new Int32Array(0);
}

function densityBin(density: number): number {
  if (!(density > 0)) return 0;
  return 1 + Math.min(DENSITY_BINS - 1, Math.max(0, Math.floor((Math.log10(density) + 6) * 2)));
}
