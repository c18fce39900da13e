import { effectDoubt } from "@/components/latents/effect-doubt";
import { firingWord } from "@/components/latents/firing-word";
import { ablationOperation, type LatentEffect } from "@/lib/contract/effect";
import { formatPlural } from "@/lib/numbers/format";

/** One line of a dot plot: a value with its 95 % interval, or several values of what it is compared with. */
export type DotRow = {
  readonly key: string;
  readonly label: string;
  readonly value: number | null;
  readonly halfWidth: number | null;
  /** Single values drawn open: the controls. */
  readonly others: readonly number[];
  /** Behind the name, what it is out of. */
  readonly facts: string;
};

/** What one firing is worth, or one position of a dense component, by each way of taking it out, and what one of its controls is worth. */
export function firingRows(effects: readonly LatentEffect[], isDense = false): DotRow[] {
  return ablationOperation.options.flatMap((operation) => {
    const effect = effects.find((one) => one.operation === operation);
    if (effect === undefined) return [];
    const controls = effect.controls.filter(({ firings }) => firings > 0).map(({ perFiring }) => perFiring);
    return [
      {
        key: operation,
        label: isDense ? "ablated" : operation === "ablatePost" ? "slot left empty" : "slot refilled",
        value: effect.perFiring,
        halfWidth: effect.perFiringHalfWidth,
        others: [],
        facts: formatPlural(effect.firings, firingWord(isDense)),
      },
      ...(controls.length === 0
        ? []
        : [
            {
              key: `${operation} controls`,
              label: formatPlural(controls.length, "control"),
              value: null,
              halfWidth: null,
              others: controls,
              facts: "",
            },
          ]),
    ];
  });
}

/** The change of loss in each domain, over all its label tokens. */
export function domainRows(effect: LatentEffect, isDense = false): DotRow[] {
  return effect.byDomain.map(({ domain, delta, halfWidth, firings }) => ({
    key: domain,
    label: domain,
    value: delta,
    halfWidth,
    others: [],
    facts: formatPlural(firings, firingWord(isDense)),
  }));
}

/** Ends of an axis that holds zero and every interval, with a little air. */
export function dotDomain(rows: readonly DotRow[]): [number, number] {
  const ends = rows.flatMap(({ value, halfWidth, others }) => [
    ...(value === null ? [] : [value - (halfWidth ?? 0), value + (halfWidth ?? 0)]),
    ...others,
  ]);
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends);
  const air = (high - low) * 0.06 || 1;
  return [low - (low < 0 ? air : air / 2), high + (high > 0 ? air : air / 2)];
}

/** Whether the interval excludes 0; without an interval nothing is claimed. */
export function excludesZero({ value, halfWidth }: Pick<DotRow, "value" | "halfWidth">): boolean {
  return value !== null && halfWidth !== null && effectDoubt(value, halfWidth) === "";
}

/** `+0.0182`, in the digits of its interval: an effect is small, and its interval says how many of them count. */
export function writeEffect(value: number, halfWidth: number | null): { value: string; interval: string } {
  const decimals = effectDecimals(value, halfWidth);
  const text = value.toFixed(decimals).replace("-", "−");
  const isZero = !/[1-9]/.test(text);
  return {
    value: isZero ? text.replace("−", "") : value > 0 ? `+${text}` : text,
    interval: halfWidth === null || halfWidth === 0 ? "" : `±\u00a0${halfWidth.toFixed(decimals)}`,
  };
}

function effectDecimals(value: number, halfWidth: number | null): number {
  const size = halfWidth !== null && halfWidth > 0 ? halfWidth : Math.abs(value);
  if (size === 0) return 4;
  return Math.min(7, Math.max(4, 1 - Math.floor(Math.log10(size))));
}

/** Mean and interval of the controls beside a latent, in words; empty where none was measured. */
export function controlWords(mean: number | null, halfWidth: number | null): string {
  if (mean === null) return "";
  const { value, interval } = writeEffect(mean, halfWidth);
  return `matched random ${value} ${interval}`.trim();
}
