import type { Edit } from "@/lib/contract/edit";
import type { BulkRequest, BulkResult, BulkRow } from "@/lib/contract/study";

/** `target 0` is the change of the first target's log-probability. */
export type BulkSortKey = "latent" | "value" | "firings" | "klToAdapter" | "klToBase" | "changedTokens" | `target ${number}`;
export type BulkSort = { readonly key: BulkSortKey; readonly order: "asc" | "desc" };

/** Rows in the order of a column; those without a value last. Target changes are ordered by their size, falls and rises together. */
export function sortedRows({ rows }: Pick<BulkResult, "rows">, { key, order }: BulkSort): BulkRow[] {
  const read = (row: BulkRow): number | null => columnValue(row, key);
  const sign = order === "asc" ? 1 : -1;
  return rows.toSorted((one, other) => {
    if (key === "latent") {
      const byModule = one.latent.module.localeCompare(other.latent.module, "en", { numeric: true });
      return sign * (byModule === 0 ? one.latent.index - other.latent.index : byModule);
    }
    const [a, b] = [read(one), read(other)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return sign * (a - b);
  });
}

/** The tried edit of one row, as the page takes it. */
export function editOf({ operation, scope }: BulkRequest, { latent, value }: BulkRow): Edit {
  const common = { latent, scope, isOn: true };
  switch (operation) {
    case "ablatePost":
    case "ablatePre":
    case "forceIn":
      return { operation, ...common };
    default:
      return { operation, value: value ?? 0, ...common };
  }
}

function columnValue(row: BulkRow, key: BulkSortKey): number | null {
  switch (key) {
    case "latent":
      return row.latent.index;
    case "value":
      return row.value;
    case "firings":
      return row.firings;
    case "klToAdapter":
    case "klToBase":
    case "changedTokens":
      return row[key].mean;
    default: {
      const change = row.targetChanges[Number(key.slice("target ".length))];
      return change === undefined ? null : Math.abs(change.mean);
    }
  }
}
