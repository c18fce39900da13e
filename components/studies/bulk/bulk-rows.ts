import type { Edit } from "@/lib/contract/edit";
import type { BulkRequest, BulkResult, BulkRow } from "@/lib/contract/study";

/** `target 0` is the change of the first target's log-probability. */
export type BulkSortKey = "latent" | "value" | "firings" | "klToAdapter" | "klToBase" | "changedTokens" | `target ${number}`;
export type BulkSort = { readonly key: BulkSortKey; readonly order: "asc" | "desc" };

/** How much more probable a target is than with the unchanged adapter, nats: a difference of two means over the same prompts. Null until that was read. */
export function targetChange({ targets }: BulkRow, { adapter }: Pick<BulkResult, "adapter">, at: number): number | null {
  const [own, unchanged] = [targets[at], adapter?.targets[at]];
  return own === undefined || unchanged === undefined ? null : own.mean - unchanged.mean;
}

/** Rows in the order of a column; those without a value last. Target changes are ordered by their size, falls and rises together. */
export function sortedRows(result: BulkResult, { key, order }: BulkSort): BulkRow[] {
  const read = (row: BulkRow): number | null => columnValue(row, result, key);
  const sign = order === "asc" ? 1 : -1;
  return result.rows.toSorted((one, other) => {
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

function columnValue(row: BulkRow, result: BulkResult, key: BulkSortKey): number | null {
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
      const change = targetChange(row, result, Number(key.slice("target ".length)));
      return change === null ? null : Math.abs(change);
    }
  }
}
