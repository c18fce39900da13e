import type { PoolClient } from "pg";
import type { CollectionModule } from "@/lib/contract/latent";
import type { ColumnKind } from "@/server/db/tables/collection-tables";
import { absentCount, numberColumns, otherColumns } from "./column-names";
import { ordinalOf, ordinalOffsets } from "./latent-ordinals";
import { findNearDuplicates } from "./near-duplicates";
import { quotedOwnName } from "./own-tables";
import { eachTextNumber, tokensOfTail } from "./pack-latent";
import { readCopy } from "./read-copy";
import { sortOrder } from "./sort-order";

type PackedColumn = { name: string; kind: ColumnKind; values: Uint8Array; order: Uint8Array | null; present: number };

/**
 * Writes the packed columns of a collection out of its own table, which nobody else writes meanwhile.
 *
 * @throws RangeError when a latent lies outside its module
 */
export async function packColumns(client: PoolClient, collectionId: string, modules: readonly CollectionModule[]): Promise<void> {
  const gathered = await gather(client, collectionId, modules);
  const write = async ({ name, kind, values, order, present }: PackedColumn) => {
    await client.query(
      'INSERT INTO latent_columns (collection_id, name, kind, "values", "order", present) VALUES ($1, $2, $3, $4, $5, $6)',
      [collectionId, name, kind, buffer(values), order && buffer(order), present],
    );
  };
  for (const [column, { name, kind }] of numberColumns.entries()) {
    const values = gathered.values[column] ?? new Float64Array(0);
    const order = bytes(sortOrder(values));
    const packed =
      kind === "int32" ? Int32Array.from(values, (value) => (Number.isNaN(value) ? absentCount : value)) : Float32Array.from(values);
    const present = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0);
    await write({ name, kind, values: bytes(packed), order, present });
  }
  await write({ name: otherColumns.topDomain, kind: "int32", values: bytes(gathered.topDomain), order: null, present: 0 });
  const duplicates = await findNearDuplicates(client, collectionId, modules);
  await write({ name: otherColumns.duplicates, kind: "int32", values: bytes(duplicates), order: null, present: 0 });
  const texts = await readTexts(client, collectionId);
  const { starts, latents } = gathered.tokens.byText(texts.length);
  await write({ name: otherColumns.texts, kind: "json", values: Buffer.from(JSON.stringify(texts)), order: null, present: 0 });
  await write({ name: otherColumns.tokenStarts, kind: "uint32", values: bytes(starts), order: null, present: 0 });
  await write({ name: otherColumns.tokenLatents, kind: "uint32", values: bytes(latents), order: null, present: 0 });
}

type Gathered = { values: Float64Array[]; topDomain: Int32Array; tokens: TokenPairs };

async function gather(client: PoolClient, collectionId: string, modules: readonly CollectionModule[]): Promise<Gathered> {
  const offsets = ordinalOffsets(modules);
  const total = offsets[modules.length] ?? 0;
  const values = numberColumns.map(() => new Float64Array(total).fill(Number.NaN));
  const topDomain = new Int32Array(total).fill(-1);
  const tokens = new TokenPairs();
  const sources = numberColumns.map(({ source }) => `"${source}"::float8`).join(", ");
  const query = `SELECT module::int, top_domain::int, top_tokens, positive_tail, negative_tail, ${sources} FROM ${quotedOwnName("latents", collectionId)}`;
  await readCopy(client, query, ([module, domain, topTokens, positive, negative, index, ...others]) => {
    const place = { module: module?.readInt32BE(0) ?? -1, index: index?.readDoubleBE(0) ?? -1 };
    const ordinal = ordinalOf(offsets, place);
    if (ordinal < 0)
      throw new RangeError(`latent ${place.index} of module ${place.module} is none of its ${modules[place.module]?.numLatents}`);
    for (const [column, field] of [index, ...others].entries()) {
      const into = values[column];
      if (field && into) into[ordinal] = field.readDoubleBE(0);
    }
    if (domain) topDomain[ordinal] = domain.readInt32BE(0);
    if (topTokens) eachTextNumber(topTokens, (number) => tokens.add(number, ordinal));
    for (const tail of [positive, negative]) if (tail) eachTextNumber(tokensOfTail(tail), (number) => tokens.add(number, ordinal));
  });
  return { values, topDomain, tokens };
}

async function readTexts(client: PoolClient, collectionId: string): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(`SELECT text FROM ${quotedOwnName("texts", collectionId)} ORDER BY number`);
  return rows.map(({ text }) => text);
}

/** Pairs of a text's number and an ordinal, gathered one by one. */
class TokenPairs {
  #numbers = new Int32Array(1 << 12);
  #ordinals = new Uint32Array(1 << 12);
  #count = 0;

  add(number: number, ordinal: number): void {
    if (this.#count === this.#numbers.length) {
      this.#numbers = grown(this.#numbers, new Int32Array(this.#count * 2));
      this.#ordinals = grown(this.#ordinals, new Uint32Array(this.#count * 2));
    }
    this.#numbers[this.#count] = number;
    this.#ordinals[this.#count++] = ordinal;
  }

  /** @returns `starts` of shape (texts + 1), and the ordinals of text n from `starts[n]` to `starts[n + 1]` */
  byText(texts: number): { starts: Uint32Array; latents: Uint32Array } {
    const starts = new Uint32Array(texts + 1);
    for (let i = 0; i < this.#count; i++)
      starts[(this.#numbers[i] as number) + 1] = (starts[(this.#numbers[i] as number) + 1] as number) + 1;
    for (let text = 0; text < texts; text++) starts[text + 1] = (starts[text + 1] as number) + (starts[text] as number);
    const next = starts.slice();
    const latents = new Uint32Array(this.#count);
    for (let i = 0; i < this.#count; i++) {
      const number = this.#numbers[i] as number;
      const at = next[number] as number;
      next[number] = at + 1;
      latents[at] = this.#ordinals[i] as number;
    }
    return { starts, latents };
  }
}

function grown<Values extends Int32Array | Uint32Array>(values: Values, larger: Values): Values {
  larger.set(values);
  return larger;
}

function bytes(values: Int32Array | Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function buffer(values: Uint8Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
