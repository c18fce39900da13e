import { type Ablation, ablationKey } from "./ablation-plan";
import { type ControlEffect, type RowEffects, type SummaryRows, summariseControl } from "./effect-summary";

/** What the ablations of one group changed, row by row until the next group begins, and a line of every ablation measured so far. */
export class MeasuredGroup<Measured extends { readonly effects: RowEffects }> {
  private readonly summary: SummaryRows;
  private measured = new Map<string, Measured>();
  private readonly lines = new Map<string, ControlEffect>();

  constructor(summary: SummaryRows) {
    this.summary = summary;
  }

  begin(ablations: readonly Ablation[], startOf: (ablation: Ablation) => Measured): void {
    this.measured = new Map(ablations.map((ablation) => [ablationKey(ablation), startOf(ablation)]));
  }

  /** All rows of the group have been run. */
  end(): void {
    for (const [key, { effects }] of this.measured) this.lines.set(key, summariseControl(this.summary, effects));
  }

  /** Of an ablation of this group. */
  of(key: string): Measured {
    const own = this.measured.get(key);
    if (own === undefined) throw new Error(`${key} is not of this group`);
    return own;
  }

  /** Of any ablation measured so far. */
  lineOf(key: string): ControlEffect {
    const line = this.lines.get(key);
    if (line === undefined) throw new Error(`${key} was not measured`);
    return line;
  }
}
