import type { PoolClient } from "pg";
import { storableText } from "@/server/db/storable";
import { quotedOwnName } from "./own-tables";

/** A longer text is no token of any tokenizer, and an index's entry holds some 2,700 bytes. */
const longestText = 500;

/** A token's text as PostgreSQL can hold it. Byte tokens have the character of code 0, which is written as its symbol. */
function storedToken(text: string): string {
  return storableText(text.replaceAll("\0", "\u2400").slice(0, longestText));
}

/**
 * Gives each text a number, the same for the same text throughout a load: numbers are dense from 0.
 *
 * @param client in a transaction; loads of one collection do not run side by side
 */
export async function numberTexts(client: PoolClient, collectionId: string, texts: Iterable<string>): Promise<(text: string) => number> {
  const table = quotedOwnName("texts", collectionId);
  const stored = new Map<string, string>();
  for (const text of texts) if (!stored.has(text)) stored.set(text, storedToken(text));
  const wanted = [...new Set(stored.values())];
  const numbers = new Map<string, number>();
  const { rows } = await client.query<{ number: number; text: string }>(
    `SELECT number, text FROM ${table} JOIN unnest($1::text[]) AS wanted(text) USING (text)`,
    [wanted],
  );
  for (const { number, text } of rows) numbers.set(text, number);
  const fresh = wanted.filter((text) => !numbers.has(text));
  if (fresh.length > 0) {
    const known = await client.query<{ count: number }>(`SELECT coalesce(max(number) + 1, 0)::int AS count FROM ${table}`);
    const first = known.rows[0]?.count ?? 0;
    for (const [i, text] of fresh.entries()) numbers.set(text, first + i);
    await client.query(`INSERT INTO ${table} SELECT * FROM unnest($1::int[], $2::text[])`, [fresh.map((_, i) => first + i), fresh]);
  }
  return (text) => numbers.get(stored.get(text) ?? "") ?? -1;
}
