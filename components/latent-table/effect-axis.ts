import { type ScaleLinear, scaleLinear } from "d3";
import { effectDoubt } from "@/components/latents/effect-doubt";
import type { ColumnHistogram, LatentRow } from "@/lib/contract/latent";
import { linearTicks, type Tick } from "@/lib/numbers/ticks";

/** The axis that the effects of all rows share, in nats, zero on it. */
export type EffectAxis = { readonly x: ScaleLinear<number, number>; readonly ticks: readonly Tick[]; readonly width: number };

const margin = 6;
const mostTicks = 4;
/** Of a label at 11 px, with some room. */
const characterWidth = 6.5;

/**
 * Spans all measured effects of a collection, so that it stands still while rows come and go. Null where none was measured.
 *
 * @param histogram of the column of effects
 */
export function effectAxis(histogram: ColumnHistogram | undefined, width: number): EffectAxis | null {
  const counts = histogram?.counts ?? [];
  const first = counts.findIndex((count) => count > 0);
  if (histogram === undefined || first === -1) return null;
  const last = counts.findLastIndex((count) => count > 0);
  const low = Math.min(0, histogram.edges[first] ?? 0);
  const high = Math.max(0, histogram.edges[last + 1] ?? 0);
  // Room for the intervals of the outermost.
  const room = Math.max((high - low) * 0.15, 1e-9);
  const domain = [low - room, high + room] as const;
  const x = scaleLinear(domain, [margin, width - margin]);
  return { x, ticks: roomyTicks(domain, x, width), width };
}

/** As many ticks as have room for their labels; one at the very end would be cut off. */
function roomyTicks(domain: readonly [number, number], x: ScaleLinear<number, number>, width: number): Tick[] {
  for (let most = mostTicks; most > 0; most--) {
    const all = linearTicks(domain, most);
    const label = Math.max(0, ...all.map((tick) => tick.label.length)) * characterWidth;
    const inside = all.filter(({ value }) => x(value) >= label / 2 && x(value) <= width - label / 2);
    const gap = Math.min(...inside.slice(1).map(({ value }, place) => x(value) - x(inside[place]?.value ?? value)));
    if (inside.length > 0 && gap >= label) return inside;
  }
  return [];
}

export type EffectMarks = {
  readonly dot: number;
  readonly interval: readonly [number, number];
  /** Which ends of the interval are beyond the axis. */
  readonly isCut: readonly [boolean, boolean];
  /** The controls' mean and its interval; null where there are none. */
  readonly band: readonly [number, number] | null;
  /** False where the interval holds zero, or there is none: what cannot be told from nothing looks so. */
  readonly excludesZero: boolean;
};

/** Pixels of one effect, kept inside the axis. */
export function effectMarks(effect: NonNullable<LatentRow["ablation"]>, { x, width }: EffectAxis): EffectMarks {
  const [first, last] = [margin / 2, width - margin / 2];
  const place = (value: number) => Math.min(last, Math.max(first, x(value)));
  const span = (middle: number, half: number) => [place(middle - half), place(middle + half)] as const;
  const halfWidth = effect.halfWidth ?? 0;
  return {
    dot: place(effect.perFiring),
    interval: span(effect.perFiring, halfWidth),
    isCut: [x(effect.perFiring - halfWidth) < first, x(effect.perFiring + halfWidth) > last],
    band: effect.controlPerFiring === null ? null : span(effect.controlPerFiring, effect.controlHalfWidth ?? 0),
    excludesZero: effectDoubt(effect.perFiring, effect.halfWidth) === "",
  };
}
