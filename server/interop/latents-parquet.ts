import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { LatentRow } from "@/lib/contract/latent";

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

function columnsOf(domains: readonly string[]): Column[] {
  const text = (name: string, of: (row: LatentRow) => string | null): Column => ({ name, type: "STRING", of });
  const whole = (name: string, of: (row: LatentRow) => number | null): Column => ({ name, type: "INT32", of });
  const real = (name: string, of: (row: LatentRow) => number | null): Column => ({ name, type: "DOUBLE", of });
  return [
    text("module", ({ module }) => module),
    whole("layer", ({ layer }) => layer),
    text("projection", ({ projection }) => projection),
    whole("index", ({ index }) => index),
    whole("fireCount", ({ fireCount }) => fireCount),
    real("density", ({ density }) => density),
    real("meanActivation", ({ meanActivation }) => meanActivation),
    real("meanSquare", ({ meanSquare }) => meanSquare),
    real("skewness", ({ skewness }) => skewness),
    real("maxActivation", ({ maxActivation }) => maxActivation),
    real("minActivation", ({ minActivation }) => minActivation),
    real("outputShare", ({ outputShare }) => outputShare),
    real("decoderNorm", ({ decoderNorm }) => decoderNorm),
    real("attribution", ({ attribution }) => attribution),
    whole("attributionCount", ({ attributionCount }) => attributionCount),
    real("selectivity", ({ selectivity }) => selectivity),
    real("selectivityFrom", ({ selectivityInterval }) => selectivityInterval?.[0] ?? null),
    real("selectivityTo", ({ selectivityInterval }) => selectivityInterval?.[1] ?? null),
    text("topDomain", ({ topDomain }) => topDomain),
    whole("bornAtStep", ({ bornAtStep }) => bornAtStep),
    whole("diedAtStep", ({ diedAtStep }) => diedAtStep),
    real("ablationPerFiring", ({ ablation }) => ablation?.perFiring ?? null),
    real("ablationHalfWidth", ({ ablation }) => ablation?.halfWidth ?? null),
    real("controlPerFiring", ({ ablation }) => ablation?.controlPerFiring ?? null),
    real("controlHalfWidth", ({ ablation }) => ablation?.controlHalfWidth ?? null),
    text("label", ({ label }) => label?.text ?? null),
    text("labelSource", ({ label }) => label?.source ?? null),
    { name: "topTokens", type: "JSON", of: ({ topTokens }) => topTokens },
    ...domains.map((domain, place) => whole(`fireCount ${domain}`, ({ domainCounts }) => domainCounts[place] ?? null)),
  ];
}
