import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { LatentRow } from "@/lib/contract/latent";
import { fileColumns } from "@/lib/contract/latent-columns/file-columns";
import { latentColumns } from "@/lib/contract/latent-columns/latent-columns";

type Value = string | number | null;
type Column = { name: string; type: "STRING" | "JSON" | "INT32" | "DOUBLE"; of: (row: LatentRow) => Value | object };

const rowsAGroup = 20_000;

/**
 * Rows of the table of latents as a Parquet file, a row group at a time: memory holds one group, however many rows there are.
 *
 * @param domains of the collection, in its order: each has a column of firings
 */
export async function* latentsParquet(rows: AsyncIterable<LatentRow>, domains: readonly string[]): AsyncGenerator<Uint8Array> {
  const columns = columnsOf(domains);
  const bytes = new ByteWriter();
  const schema = schemaFromColumnData({ columnData: columns.map(({ name, type }) => ({ name, type, data: [], nullable: true })) });
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: "Stanscope" });
  const writeGroup = async (group: readonly LatentRow[]) => {
    const columnData = columns.map(({ name, of }) => ({ name, data: group.map(of) }));
    await writer.write({ columnData, rowGroupSize: rowsAGroup });
  };
  let group: LatentRow[] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length < rowsAGroup) continue;
    await writeGroup(group);
    yield taken(bytes);
    group = [];
  }
  if (group.length > 0) await writeGroup(group);
  await writer.finish();
  yield taken(bytes);
}

/** What has been written since the last call; the writer counts on from where it was. */
function taken(bytes: ByteWriter): Uint8Array {
  const part = bytes.getBytes().slice();
  bytes.index = 0;
  return part;
}

type Cell = Omit<Column, "name">;

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
    of: ({ domainCounts }) => domainCounts[place] ?? null,
  });
  return [...ownColumns.map(({ name, cell }) => ({ name, ...cell })), ...domains.map(firings)];
}
