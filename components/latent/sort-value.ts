import { formatNats } from "@/components/latents/range-words";
import type { LatentRow, LatentSortKey } from "@/lib/contract/latent";
import { formatInteger, formatPercent, formatSignificant, notMeasured } from "@/lib/numbers/format";
import { writeEffect } from "./effect-rows";

const names: Record<LatentSortKey, string> = {
  module: "module",
  index: "index",
  fireCount: "firings",
  density: "density",
  meanActivation: "mean",
  meanSquare: "mean square",
  skewness: "skewness",
  maxActivation: "max",
  minActivation: "min",
  outputShare: "output share",
  decoderNorm: "decoder norm",
  attribution: "attribution",
  ablation: "Δ loss",
  selectivity: "selectivity",
  selectivityShare: "selectivity, share",
  bornAtStep: "birth",
  label: "label",
};

/** What the table is sorted by, in a word or two. */
export function sortName(sort: LatentSortKey): string {
  return names[sort];
}

/** The value by which a latent stands where it stands; its firings where that is no number. */
export function sortValue(row: LatentRow, sort: LatentSortKey): string {
  const write = (value: number | null, format: (known: number) => string) => (value === null ? notMeasured : format(value));
  switch (sort) {
    case "module":
    case "index":
    case "label":
    case "fireCount":
      return formatInteger(row.fireCount);
    case "outputShare":
      return write(row.outputShare, (share) => formatPercent(share, 2));
    case "selectivity":
    case "selectivityShare":
      return write(row.selectivity, (share) => formatPercent(share, 0));
    case "attribution":
      return write(row.attribution, formatNats);
    case "ablation":
      return row.ablation === null ? notMeasured : writeEffect(row.ablation.perFiring, row.ablation.halfWidth).value;
    case "bornAtStep":
      return write(row.bornAtStep, formatInteger);
    default:
      return write(row[sort], (value) => formatSignificant(value));
  }
}
