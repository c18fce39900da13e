import type { CountedToken } from "@/lib/contract/latent";
import { type CsvValue, csvField } from "@/lib/numbers/csv-field";
import type { Attribution } from "@/server/engine/effects/attribution";
import { type LatentTableRow, latentTable } from "@/server/engine/features/latent-table";
import type { LatentRecord } from "@/server/engine/training/latent-record";
import type { CollectedLatents } from "@/server/runtime/collections/collection-session";

/** All that is known of an adapter's latents. */
export type LatentKnowledge = {
  readonly collected: CollectedLatents;
  /** Null where no backward pass was made. */
  readonly attribution: Attribution | null;
  /** ‖D[:, j]‖ by module. */
  readonly decoderNorms: ReadonlyMap<string, Float32Array>;
  /** Of the run that made the adapter; undefined where it left none. */
  readonly record: LatentRecord | undefined;
  /** How a person reads a token id. */
  readonly tokenText: (id: number) => string;
};

/** A latent in its module, as a column reads it. */
type Place = { readonly module: string; readonly row: LatentTableRow; readonly about: LatentKnowledge };

/** In the order of the file; columns are only ever added at its end. */
const columns: readonly (readonly [name: string, cell: (place: Place) => CsvValue])[] = [
  ["module", ({ module }) => module],
  ["index", ({ row }) => row.index],
  ["fireCount", ({ row }) => row.fireCount],
  ["tokens", ({ about }) => about.collected.statistics.tokens],
  ["density", ({ row }) => row.density],
  ["meanActivation", ({ row }) => row.meanActivation],
  ["maxActivation", ({ row }) => row.maxActivation],
  ["minActivation", ({ row }) => row.minActivation],
  ["selectivity", ({ row }) => row.selectivity],
  ["topDomain", ({ row, about }) => (row.topDomain === null ? null : (about.collected.domains[row.topDomain] ?? null))],
  ["topTokens", ({ row }) => listed(row.topTokens)],
  ["meanSquare", ({ row }) => row.meanSquare],
  ["skewness", ({ row }) => row.skewness],
  ["outputShare", ({ row }) => row.outputShare],
  ["decoderNorm", ({ module, row, about }) => about.decoderNorms.get(module)?.[row.index] ?? null],
  ["attribution", attributionOf],
  ["attributionCount", ({ module, row, about }) => about.attribution?.get(module)?.count[row.index] ?? null],
  ["selectivityLow", ({ row }) => row.selectivityInterval?.[0] ?? null],
  ["selectivityHigh", ({ row }) => row.selectivityInterval?.[1] ?? null],
  ["nextTokens", ({ row }) => listed(row.nextTokens)],
  ["bornAtStep", ({ module, row, about }) => stepOf(about.record?.modules.get(module)?.bornAtStep, row.index)],
  ["diedAtStep", ({ module, row, about }) => stepOf(about.record?.modules.get(module)?.diedAtStep, row.index)],
  /** What counts of tokens may be too low by: 0 where they are exact. */
  ["topTokensError", ({ row }) => row.topTokens[0]?.error ?? null],
  ["nextTokensError", ({ row }) => row.nextTokens[0]?.error ?? null],
];

/** The lines of `latents.csv`, a head and one a latent; a cell is empty where there is no value. */
export function* latentLines(about: LatentKnowledge): Generator<string> {
  yield `${columns.map(([name]) => name).join(",")}\n`;
  const { statistics } = about.collected;
  for (const [module, accumulators] of statistics.modules) {
    for (const row of latentTable(statistics, accumulators, about.tokenText)) {
      yield `${columns.map(([, cell]) => csvField(cell({ module, row, about }))).join(",")}\n`;
    }
  }
}

/** Nats a firing. */
function attributionOf({ module, row, about }: Place): number | null {
  const ofModule = about.attribution?.get(module);
  const count = ofModule?.count[row.index] ?? 0;
  return ofModule === undefined || count === 0 ? null : (ofModule.sum[row.index] ?? 0) / count;
}

function stepOf(steps: Int32Array | undefined, index: number): number | null {
  const step = steps?.[index] ?? -1;
  return step < 0 ? null : step;
}

function listed(tokens: readonly CountedToken[]): string {
  return tokens.map(({ token, count }) => `${token}:${count}`).join(" ");
}
