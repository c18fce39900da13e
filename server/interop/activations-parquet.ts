import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { TextEvent, TextModule } from "@/lib/contract/read-text";

/** A text's tokens, as they come before its modules. */
export type TextTokens = Extract<TextEvent, { kind: "tokens" }>;
/** What one module keeps of one text. */
export type ReadModule = { readonly text: number; readonly tokens: TextTokens; readonly module: TextModule };

/** At least this many rows a group, but for the last: few enough for memory, and enough that the footer stays small. */
const rowsAGroup = 100_000;

type Row = {
  readonly text: number;
  readonly position: number;
  readonly tokenId: number;
  readonly token: string;
  readonly module: string;
  readonly latent: number;
  readonly activation: number;
  readonly outputShare: number;
  readonly attribution: number | null;
  readonly isTruncated: boolean;
};

const columns = [
  { name: "text", type: "INT32" },
  { name: "position", type: "INT32" },
  { name: "tokenId", type: "INT32" },
  { name: "token", type: "STRING" },
  { name: "module", type: "STRING" },
  { name: "latent", type: "INT32" },
  { name: "activation", type: "FLOAT" },
  { name: "outputShare", type: "FLOAT" },
  { name: "attribution", type: "FLOAT" },
  { name: "isTruncated", type: "BOOLEAN" },
] as const satisfies readonly { name: keyof Row; type: string }[];

/**
 * Kept latents of many texts as a Parquet file, a row for each latent that fires at each token; written group by group, so that memory holds one. A file
 * whose source failed has no footer, and no reader takes it.
 */
export async function* activationsParquet(source: AsyncIterable<ReadModule>): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const schema = schemaFromColumnData({
    columnData: columns.map(({ name, type }) => ({ name, type, data: [], nullable: name === "attribution" })),
  });
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: "Stanscope" });
  let rows: Row[] = [];
  const writeGroup = async () => {
    await writer.write({
      columnData: columns.map(({ name }) => ({ name, data: rows.map((row) => row[name]) })),
      rowGroupSize: rows.length,
    });
    rows = [];
    const part = bytes.getBytes().slice();
    bytes.index = 0;
    return part;
  };
  for await (const read of source) {
    for (const row of rowsOf(read)) rows.push(row);
    if (rows.length >= rowsAGroup) yield await writeGroup();
  }
  if (rows.length > 0) yield await writeGroup();
  await writer.finish();
  yield bytes.getBytes().slice();
}

function* rowsOf({ text, tokens: { tokens, isTruncated }, module }: ReadModule): Generator<Row> {
  const [indices, activations] = [new Int32Array(bytesOf(module.indices)), new Float32Array(bytesOf(module.activations))];
  const shares = new Float32Array(bytesOf(module.outputShares));
  const attributions = module.attributions === null ? undefined : new Float32Array(bytesOf(module.attributions));
  for (const [position, { id, text: token }] of tokens.entries()) {
    for (let at = position * module.width; at < (position + 1) * module.width; at++) {
      // A token may keep fewer than k latents.
      const activation = activations[at] ?? 0;
      if (activation === 0) continue;
      yield {
        ...{ text, position, tokenId: id, token, module: module.module, isTruncated },
        latent: indices[at] ?? 0,
        activation,
        outputShare: shares[at] ?? 0,
        attribution: attributions?.[at] ?? null,
      };
    }
  }
}

/** Little-endian, as are all machines that this runs on. */
function bytesOf(base64: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(base64, "base64")).buffer;
}
