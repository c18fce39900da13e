import { formatColumn } from "@/components/latents/range-words";
import type { LatentRow } from "@/lib/contract/latent";
import type { LatentSortKey } from "@/lib/contract/latent-columns/column-sorts";
import { formatInteger, formatPercent, formatSignificant, notMeasured } from "@/lib/numbers/format";
import { writeEffect } from "./effect-rows";

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
    case "readingOrder":
      return write(row.outputShare, (share) => formatPercent(share, 2));
    case "selectivity":
    case "selectivityShare":
      return write(row.selectivity, (share) => formatPercent(share, 0));
    case "ablation":
      return row.ablation === null ? notMeasured : writeEffect(row.ablation.perFiring, row.ablation.halfWidth).value;
    case "density":
      return formatSignificant(row.density);
    default:
      return write(row[sort], (value) => formatColumn(sort, value));
  }
}
