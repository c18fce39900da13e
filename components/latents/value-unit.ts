import type { CollectionModule, LatentDetail } from "@/lib/contract/latent";
import { formatPercent, formatSignificant } from "@/lib/numbers/format";

export const valueUnits = ["raw", "max", "p99", "p50", "share"] as const;
export type ValueUnit = (typeof valueUnits)[number];

/** How much raw activation one of each unit is; null where that is not known. A share of 1 is the whole of ‖W0 x‖. */
export type UnitSizes = { readonly [unit in ValueUnit]: number | null };

/** What a value is measured by: the latent, its module, and what the module's update is multiplied by (alpha / k, alpha / rank). */
export type UnitBasis = {
  readonly detail: LatentDetail | undefined;
  readonly module: Pick<CollectionModule, "frozenNorm"> | undefined;
  readonly scaling: number | null;
};

/**
 * Sizes of the units of one latent's activation. Quantiles are of |activation|, so they carry the sign of the side on which the latent fires strongest;
 * a share is scaling · |v| · ‖D[:, j]‖ / ‖W0 x‖, with the sign of v.
 */
export function unitSizes({ detail, module, scaling }: UnitBasis): UnitSizes {
  const max = detail?.row.maxActivation ?? 0;
  const min = detail?.row.minActivation ?? 0;
  const sign = signOf(detail);
  const quantile = (value: number | null | undefined) => (value === null || value === undefined || value <= 0 ? null : sign * value);
  const written = Math.abs(scaling ?? 0) * (detail?.row.decoderNorm ?? 0);
  const frozen = module?.frozenNorm ?? 0;
  return {
    raw: 1,
    max: quantile(Math.max(max, -min)),
    p99: quantile(detail?.quantiles.p99),
    p50: quantile(detail?.quantiles.p50),
    share: written > 0 && frozen > 0 ? frozen / written : null,
  };
}

/** The 99th percentile of a latent's activation, else its largest, on the side where it fires strongest; null where it never fired. */
export function usualActivation(detail: LatentDetail | undefined): number | null {
  const { p99, max } = unitSizes({ detail, module: undefined, scaling: null });
  return p99 ?? max;
}

/** 1 where the latent's strongest firing is positive, −1 where it is negative. */
export function signOf(detail: LatentDetail | undefined): 1 | -1 {
  const max = detail?.row.maxActivation ?? 0;
  const min = detail?.row.minActivation ?? 0;
  return -min > max ? -1 : 1;
}

export const unitLabels: { readonly [unit in ValueUnit]: string } = {
  raw: "raw",
  max: "× max",
  p99: "× p99",
  p50: "× median",
  share: "% of ‖W₀x‖",
};

/** A raw value as the field of a unit shows it, to four digits; a share in percent. */
export function toUnit(raw: number, unit: ValueUnit, sizes: UnitSizes): number {
  if (unit === "raw") return raw;
  const value = raw / (sizes[unit] ?? 1);
  return Number((unit === "share" ? 100 * value : value).toPrecision(4));
}

/** What was typed in a unit, raw, to six digits. */
export function fromUnit(typed: number, unit: ValueUnit, sizes: UnitSizes): number {
  if (unit === "raw") return typed;
  const value = typed * (sizes[unit] ?? 1);
  return Number((unit === "share" ? value / 100 : value).toPrecision(6));
}

/** A raw value in all units but the one that its field is in: `9.4 raw`, `0.95 × p99`, `12 % of ‖W₀x‖`; 0 is 0 in all. */
export function inOtherUnits(raw: number, shown: ValueUnit, sizes: UnitSizes): string[] {
  if (raw === 0) return [];
  return valueUnits.flatMap((unit) => {
    const size = sizes[unit];
    if (unit === shown || size === null) return [];
    if (unit === "share") return [`${formatPercent(raw / size)} of ‖W₀x‖`];
    return [`${formatSignificant(raw / size, unit === "raw" ? 3 : 2)} ${unitLabels[unit]}`];
  });
}
