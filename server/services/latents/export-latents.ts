import type { LatentQuery, LatentRow } from "@/lib/contract/latent";
import type { CountedToken } from "@/lib/contract/latent-columns/counted-token";
import { fileColumns } from "@/lib/contract/latent-columns/file-columns";
import type { CsvValue } from "@/lib/numbers/csv-field";
import { listLabels } from "@/server/db/labels/labels";
import { subjectOf } from "@/server/db/latents/collections";
import type { ServiceContext } from "@/server/services/context";
import { csvLine } from "@/server/services/csv";
import { finishedCollection } from "./finished-collection";
import { latentRows } from "./latent-rows";

/** Text of at least so many characters a piece. */
const pieceLength = 1 << 16;

/** All latents of a selection, in its order, as CSV or JSON text in pieces. */
export async function exportLatents(
  { store }: ServiceContext,
  query: LatentQuery,
  format: "csv" | "json",
): Promise<AsyncGenerator<string>> {
  const collection = await finishedCollection(store, query.collectionId);
  const rows = latentRows(store, query);
  const labels = await listLabels(store.db, subjectOf(collection));
  const notes = new Map(labels.map(({ module, index, note }) => [`${index} ${module}`, note]));
  if (format === "json") return inPieces(json(rows, notes));
  const domains = collection.domains.map(({ name }) => name);
  return inPieces(csv(rows, { domains, tokens: collection.positions, notes }));
}

type About = { domains: readonly string[]; tokens: number; notes: ReadonlyMap<string, string> };

type Cell = (row: LatentRow, about: About) => CsvValue;

const csvColumns = fileColumns<"csv", Cell>("csv", (name) => (row) => row[name], {
  tokens: [3, (_row, { tokens }) => tokens],
  topTokens: [10, ({ topTokens }) => listed(topTokens)],
  selectivityLow: [19, ({ selectivityInterval }) => selectivityInterval?.[0] ?? null],
  selectivityHigh: [20, ({ selectivityInterval }) => selectivityInterval?.[1] ?? null],
  ablation: [23, ({ ablation }) => ablation?.perFiring ?? null],
  ablationHalfWidth: [24, ({ ablation }) => ablation?.halfWidth ?? null],
  controlAblation: [25, ({ ablation }) => ablation?.controlPerFiring ?? null],
  controlAblationHalfWidth: [26, ({ ablation }) => ablation?.controlHalfWidth ?? null],
  label: [27, ({ label }) => label?.text ?? null],
  labelSource: [28, ({ label }) => label?.source ?? null],
  note: [29, (row, { notes }) => noteOf(row, notes)],
  /** What the counts of the top tokens may be too low by: 0 where they are exact. */
  topTokensError: [30, ({ topTokens }) => topTokens[0]?.error ?? null],
  positiveTail: [34, ({ positiveTail }) => positiveTail && listed(positiveTail.tokens)],
  negativeTail: [35, ({ negativeTail }) => negativeTail && listed(negativeTail.tokens)],
});

function listed(tokens: readonly CountedToken[]): string {
  return tokens.map(({ token }) => token).join(" | ");
}

async function* csv(rows: AsyncIterable<LatentRow>, about: About): AsyncGenerator<string> {
  yield csvLine([...csvColumns.map(({ name }) => name), ...about.domains.map((domain) => `fireCount ${domain}`)]);
  for await (const row of rows) yield csvLine([...csvColumns.map(({ cell }) => cell(row, about)), ...row.domainCounts]);
}

function noteOf({ module, index }: LatentRow, notes: About["notes"]): string | null {
  return notes.get(`${index} ${module}`) || null;
}

async function* json(rows: AsyncIterable<LatentRow>, notes: About["notes"]): AsyncGenerator<string> {
  let isFirst = true;
  yield "[";
  for await (const row of rows) {
    yield `${isFirst ? "\n" : ",\n"}${JSON.stringify({ ...row, note: noteOf(row, notes) })}`;
    isFirst = false;
  }
  yield "\n]\n";
}

/** Joins small pieces: a reader is woken for each. */
async function* inPieces(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = "";
  for await (const part of parts) {
    piece += part;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}
