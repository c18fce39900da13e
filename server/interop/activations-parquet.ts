import type { TextEvent, TextModule } from "@/lib/contract/read-text";
import { packedBuffer } from "./packed-buffer";
import { type ParquetColumn, ParquetGroups } from "./parquet-groups";

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

const column = (name: keyof Row, type: ParquetColumn<Row>["type"]): ParquetColumn<Row> => {
  return { name, type, isNullable: name === "attribution", of: (row) => row[name] };
};

const columns = [
  column("text", "INT32"),
  column("position", "INT32"),
  column("tokenId", "INT32"),
  column("token", "STRING"),
  column("module", "STRING"),
  column("latent", "INT32"),
  column("activation", "FLOAT"),
  column("outputShare", "FLOAT"),
  column("attribution", "FLOAT"),
  column("isTruncated", "BOOLEAN"),
];

/**
 * Kept latents of many texts as a Parquet file, a row for each latent that fires at each token; written group by group, so that memory holds one. A file
 * whose source failed has no footer, and no reader takes it.
 */
export async function* activationsParquet(source: AsyncIterable<ReadModule>): AsyncGenerator<Uint8Array> {
  const file = new ParquetGroups(columns);
  let rows: Row[] = [];
  for await (const read of source) {
    for (const row of rowsOf(read)) rows.push(row);
    if (rows.length < rowsAGroup) continue;
    yield await file.group(rows);
    rows = [];
  }
  if (rows.length > 0) yield await file.group(rows);
  yield await file.end();
}

function* rowsOf({ text, tokens: { tokens, isTruncated }, module }: ReadModule): Generator<Row> {
  const [indices, activations] = [new Int32Array(packedBuffer(module.indices)), new Float32Array(packedBuffer(module.activations))];
  const shares = new Float32Array(packedBuffer(module.outputShares));
  const attributions = module.attributions === null ? undefined : new Float32Array(packedBuffer(module.attributions));
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
