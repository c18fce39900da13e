import { type ColumnWords, type TableColumn, tableColumns } from "@/components/latent-table/columns/columns";
import { positionKinds } from "@/lib/contract/positions/position-kinds";

/** The columns of a table of sparse latents over text from two domains, with labels and without measured effects, unless something else is said. */
export function columnsOf(change: Partial<ColumnWords> = {}): readonly TableColumn[] {
  return tableColumns({
    one: "latent",
    positions: positionKinds.token,
    isDense: false,
    domains: 2,
    hasEffects: false,
    hasLabels: true,
    ...change,
  });
}
