import type { PoolClient } from "pg";
import { quotedOwnName } from "./own-tables";

/** A longer text is no token of any tokenizer, and an index's entry holds some 2,700 bytes. */
const longestText = 500;

/** What PostgreSQL can hold of a token's text: no character of code 0, which byte tokens have, and no half of a surrogate pair. */
export function storableText(text: string): string {
  const clean = text.includes("\0") ? text.replaceAll("\0", "\u2400") : text;
  return Buffer.from(clean.slice(0, longestText)).toString();
}

/**
 * Gives each text a number, the same for the same text throughout a load: numbers are dense from 0.
 *
 * @param client in a transaction; loads of one collection do not run side by side
 */
export async function numberTexts(client: PoolClient, collectionId: string, texts: Iterable<string>): Promise<(text: string) => number> {
  const table = quotedOwnName("texts", collectionId);
  const stored = new Map<string, string>();
  for (const text of texts) if (!stored.has(text)) stored.set(text, storableText(text));
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
