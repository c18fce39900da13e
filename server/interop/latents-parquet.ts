import type { LatentRow } from "@/lib/contract/latent";
import { fileColumns } from "@/lib/contract/latent-columns/file-columns";
import { latentColumns } from "@/lib/contract/latent-columns/latent-columns";
import { type ParquetColumn, ParquetGroups } from "./parquet-groups";

const rowsAGroup = 20_000;

/**
 * Rows of the table of latents as a Parquet file, a row group at a time: memory holds one group, however many rows there are.
 *
 * @param domains of the collection, in its order: each has a column of firings
 */
export async function* latentsParquet(rows: AsyncIterable<LatentRow>, domains: readonly string[]): AsyncGenerator<Uint8Array> {
  const file = new ParquetGroups(columnsOf(domains));
  let group: LatentRow[] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length < rowsAGroup) continue;
    yield await file.group(group);
    group = [];
  }
  if (group.length > 0) yield await file.group(group);
  yield await file.end();
}

type Column = ParquetColumn<LatentRow>;
type Cell = Pick<Column, "type" | "of">;

const types = { text: "STRING", integer: "INT32", real: "DOUBLE" } as const;
const real = (of: (row: LatentRow) => number | null): Cell => ({ type: "DOUBLE", of });
const text = (of: (row: LatentRow) => string | null): Cell => ({ type: "STRING", of });

const ownColumns = fileColumns<"parquet", Cell>("parquet", (name) => ({ type: types[latentColumns[name].type], of: (row) => row[name] }), {
  selectivityFrom: [16, real(({ selectivityInterval }) => selectivityInterval?.[0] ?? null)],
  selectivityTo: [17, real(({ selectivityInterval }) => selectivityInterval?.[1] ?? null)],
  ablationPerFiring: [21, real(({ ablation }) => ablation?.perFiring ?? null)],
  ablationHalfWidth: [22, real(({ ablation }) => ablation?.halfWidth ?? null)],
  controlPerFiring: [23, real(({ ablation }) => ablation?.controlPerFiring ?? null)],
  controlHalfWidth: [24, real(({ ablation }) => ablation?.controlHalfWidth ?? null)],
  label: [25, text(({ label }) => label?.text ?? null)],
  labelSource: [26, text(({ label }) => label?.source ?? null)],
  topTokens: [27, { type: "JSON", of: ({ topTokens }) => topTokens }],
  positiveTail: [31, { type: "JSON", of: ({ positiveTail }) => positiveTail }],
  negativeTail: [32, { type: "JSON", of: ({ negativeTail }) => negativeTail }],
});

function columnsOf(domains: readonly string[]): Column[] {
  const firings = (domain: string, place: number): Column => ({
    name: `fireCount ${domain}`,
    type: "INT32",
    isNullable: true,
    of: ({ domainCounts }) => domainCounts[place] ?? null,
  });
  return [...ownColumns.map(({ name, cell }) => ({ name, isNullable: true, ...cell })), ...domains.map(firings)];
}
