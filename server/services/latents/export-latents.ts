import type { LatentQuery, LatentRow } from "@/lib/contract/latent";
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
  return inPieces(csv(rows, { domains, tokens: collection.tokens, notes }));
}

type About = { domains: readonly string[]; tokens: number; notes: ReadonlyMap<string, string> };

const csvColumns: ReadonlyArray<readonly [string, (row: LatentRow, about: About) => CsvValue]> = [
  ["module", ({ module }) => module],
  ["index", ({ index }) => index],
  ["fireCount", ({ fireCount }) => fireCount],
  ["tokens", (_row, { tokens }) => tokens],
  ["density", ({ density }) => density],
  ["meanActivation", ({ meanActivation }) => meanActivation],
  ["maxActivation", ({ maxActivation }) => maxActivation],
  ["minActivation", ({ minActivation }) => minActivation],
  ["selectivity", ({ selectivity }) => selectivity],
  ["topDomain", ({ topDomain }) => topDomain],
  ["topTokens", ({ topTokens }) => topTokens.map(({ token }) => token).join(" | ")],
  ["layer", ({ layer }) => layer],
  ["projection", ({ projection }) => projection],
  ["meanSquare", ({ meanSquare }) => meanSquare],
  ["skewness", ({ skewness }) => skewness],
  ["outputShare", ({ outputShare }) => outputShare],
  ["decoderNorm", ({ decoderNorm }) => decoderNorm],
  ["attribution", ({ attribution }) => attribution],
  ["attributionCount", ({ attributionCount }) => attributionCount],
  ["selectivityLow", ({ selectivityInterval }) => selectivityInterval?.[0] ?? null],
  ["selectivityHigh", ({ selectivityInterval }) => selectivityInterval?.[1] ?? null],
  ["bornAtStep", ({ bornAtStep }) => bornAtStep],
  ["diedAtStep", ({ diedAtStep }) => diedAtStep],
  ["ablation", ({ ablation }) => ablation?.perFiring ?? null],
  ["ablationHalfWidth", ({ ablation }) => ablation?.halfWidth ?? null],
  ["controlAblation", ({ ablation }) => ablation?.controlPerFiring ?? null],
  ["controlAblationHalfWidth", ({ ablation }) => ablation?.controlHalfWidth ?? null],
  ["label", ({ label }) => label?.text ?? null],
  ["labelSource", ({ label }) => label?.source ?? null],
  ["note", (row, { notes }) => noteOf(row, notes)],
  /** What the counts of the top tokens may be too low by: 0 where they are exact. */
  ["topTokensError", ({ topTokens }) => topTokens[0]?.error ?? null],
];

async function* csv(rows: AsyncIterable<LatentRow>, about: About): AsyncGenerator<string> {
  yield csvLine([...csvColumns.map(([name]) => name), ...about.domains.map((domain) => `fireCount ${domain}`)]);
  for await (const row of rows) yield csvLine([...csvColumns.map(([, value]) => value(row, about)), ...row.domainCounts]);
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
