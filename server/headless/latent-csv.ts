import type { CountedToken } from "@/lib/contract/latent-columns/counted-token";
import { type ColumnsIn, fileColumns } from "@/lib/contract/latent-columns/file-columns";
import { type CsvValue, csvField } from "@/lib/numbers/csv-field";
import type { Attribution, ModuleAttribution } from "@/server/engine/effects/attribution";
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

/** A latent in its module, as a column reads it: `values` are written as they are. */
type Place = {
  readonly row: LatentTableRow;
  readonly about: LatentKnowledge;
  readonly values: { readonly [Name in ColumnsIn<"headless">]: CsvValue };
};
type Cell = (place: Place) => CsvValue;

const columns = fileColumns<"headless", Cell>(
  "headless",
  (name) =>
    ({ values }) =>
      values[name],
  {
    tokens: [3, ({ about }) => about.collected.statistics.tokens],
    topTokens: [10, ({ row }) => listed(row.topTokens)],
    selectivityLow: [17, ({ row }) => row.selectivityInterval?.[0] ?? null],
    selectivityHigh: [18, ({ row }) => row.selectivityInterval?.[1] ?? null],
    nextTokens: [19, ({ row }) => listed(row.nextTokens)],
    /** What counts of tokens may be too low by: 0 where they are exact. */
    topTokensError: [22, ({ row }) => row.topTokens[0]?.error ?? null],
    nextTokensError: [23, ({ row }) => row.nextTokens[0]?.error ?? null],
    positiveTail: [26, ({ row }) => listed(row.positiveTail?.tokens ?? [])],
    negativeTail: [27, ({ row }) => listed(row.negativeTail?.tokens ?? [])],
  },
);

/** The lines of `latents.csv`, a head and one a latent; a cell is empty where there is no value. */
export function* latentLines(about: LatentKnowledge): Generator<string> {
  yield `${columns.map(({ name }) => name).join(",")}\n`;
  const { statistics } = about.collected;
  for (const [module, accumulators] of statistics.modules) {
    for (const row of latentTable(statistics, accumulators, about.tokenText)) {
      const place = { row, about, values: valuesOf(module, row, about) };
      yield `${columns.map(({ cell }) => csvField(cell(place))).join(",")}\n`;
    }
  }
}

function valuesOf(module: string, row: LatentTableRow, { collected, attribution, decoderNorms, record }: LatentKnowledge): Place["values"] {
  const ofModule = attribution?.get(module);
  const ofRecord = record?.modules.get(module);
  return {
    ...row,
    module,
    topDomain: row.topDomain === null ? null : (collected.domains[row.topDomain] ?? null),
    decoderNorm: decoderNorms.get(module)?.[row.index] ?? null,
    attribution: attributionOf(ofModule, row.index),
    attributionCount: ofModule?.count[row.index] ?? null,
    bornAtStep: stepOf(ofRecord?.bornAtStep, row.index),
    diedAtStep: stepOf(ofRecord?.diedAtStep, row.index),
  };
}

/** Nats a firing. */
function attributionOf(ofModule: ModuleAttribution | undefined, index: number): number | null {
  const count = ofModule?.count[index] ?? 0;
  return ofModule === undefined || count === 0 ? null : (ofModule.sum[index] ?? 0) / count;
}

function stepOf(steps: Int32Array | undefined, index: number): number | null {
  const step = steps?.[index] ?? -1;
  return step < 0 ? null : step;
}

function listed(tokens: readonly CountedToken[]): string {
  return tokens.map(({ token, count }) => `${token}:${count}`).join(" ");
}
