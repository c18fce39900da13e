import type { PoolClient } from "pg";
import type { LatentRow } from "@/lib/contract/latent";
import { type ColumnsWith, columnsWith, latentColumns } from "@/lib/contract/latent-columns/latent-columns";
import type { CopyEncoder } from "./copy-encoder";
import { copyRows } from "./copy-rows";
import { ownName } from "./own-tables";
import {
  type FiresWith,
  type LogitEffect,
  packFiresWith,
  packHistogram,
  packLogitEffect,
  packRelated,
  packSpectrum,
  packTail,
  packTokens,
  type RelatedPlace,
  type Spectrum,
} from "./pack-latent";
import { numberTexts } from "./token-texts";

/**
 * One latent as it is stored; `module` is its place in the collection's modules, `topDomain` in its domains. What is not known is null (or, of a list,
 * empty); all statistics over firing positions are null for a dead latent.
 */
export type LatentRowInput = Pick<
  LatentRow,
  "index" | ColumnsWith<"stored"> | "selectivityInterval" | "topTokens" | "positiveTail" | "negativeTail"
> & {
  module: number;
  topDomain: number | null;
  domainCounts: ArrayLike<number>;
  /** Rows in which it fires, by domain and by class; absent or empty where they were not counted. */
  domainRows?: ArrayLike<number>;
  classRows?: ArrayLike<number>;
  /** Rows in which it fires at each position; absent or empty where they were not counted. */
  placeCounts?: ArrayLike<number>;
  nextTokens: LatentRow["topTokens"];
  /** 64 counts of positive activations, then 64 of negative ones. */
  histogram: Uint32Array;
  /** Strongest first; co-firing ones are of the same module. */
  related: { decoder: readonly RelatedPlace[]; encoder: readonly RelatedPlace[]; firesWith: readonly FiresWith[] };
  logitEffect: LogitEffect | null;
  spectrum: Spectrum | null;
  /** One density a window of the collection's `trainingSteps`. */
  trainingDensity: Float32Array | null;
  /** Places in the collection's probes at which it never fires. */
  quiet: readonly number[];
};

type Write = (encoder: CopyEncoder, latent: LatentRowInput, numberOf: (text: string) => number) => void;

function numberColumn(name: ColumnsWith<"stored">): readonly [string, Write] {
  const { type, stored } = latentColumns[name];
  return [
    stored.column,
    type === "integer" ? (encoder, latent) => encoder.int4OrNull(latent[name]) : (encoder, latent) => encoder.float8(latent[name]),
  ];
}

/** The columns of the table with what is written in each, in order. */
const columns: ReadonlyArray<readonly [string, Write]> = [
  ["module", (encoder, latent) => encoder.int2(latent.module)],
  ["index", (encoder, latent) => encoder.int4(latent.index)],
  ...columnsWith("stored").map(numberColumn),
  ["selectivity_low", (encoder, latent) => encoder.float8(latent.selectivityInterval?.[0] ?? null)],
  ["selectivity_high", (encoder, latent) => encoder.float8(latent.selectivityInterval?.[1] ?? null)],
  ["top_domain", (encoder, latent) => encoder.int2(latent.topDomain)],
  ["domain_counts", (encoder, latent) => encoder.int4Array(latent.domainCounts)],
  ["domain_rows", (encoder, latent) => encoder.int4ArrayOrNull(latent.domainRows ?? [])],
  ["class_rows", (encoder, latent) => encoder.int4ArrayOrNull(latent.classRows ?? [])],
  ["place_counts", (encoder, latent) => encoder.int4ArrayOrNull(latent.placeCounts ?? [])],
  ["top_tokens", (encoder, latent, numberOf) => encoder.bytea(packTokens(latent.topTokens, numberOf))],
  ["next_tokens", (encoder, latent, numberOf) => encoder.bytea(packTokens(latent.nextTokens, numberOf))],
  ["histogram", (encoder, latent) => encoder.bytea(packHistogram(latent.histogram))],
  ["related_decoder", (encoder, latent) => encoder.bytea(packRelated(latent.related.decoder))],
  ["related_encoder", (encoder, latent) => encoder.bytea(packRelated(latent.related.encoder))],
  ["fires_with", (encoder, latent) => encoder.bytea(packFiresWith(latent.related.firesWith))],
  ["logit_effect", (encoder, { logitEffect }, numberOf) => encoder.byteaOrNull(logitEffect && packLogitEffect(logitEffect, numberOf))],
  ["positive_tail", (encoder, { positiveTail }, numberOf) => encoder.byteaOrNull(positiveTail && packTail(positiveTail, numberOf))],
  ["negative_tail", (encoder, { negativeTail }, numberOf) => encoder.byteaOrNull(negativeTail && packTail(negativeTail, numberOf))],
  ["spectrum", (encoder, { spectrum }) => encoder.byteaOrNull(spectrum && packSpectrum(spectrum))],
  ["training_density", (encoder, latent) => encoder.byteaOrNull(littleEndianBytes(latent.trainingDensity))],
  ["quiet", (encoder, latent) => encoder.int4Array(latent.quiet)],
];

/** Copies latents of one module into the collection's own table; the texts of their tokens are stored once, and named by number. */
export async function copyLatentRows(client: PoolClient, collectionId: string, latents: readonly LatentRowInput[]): Promise<void> {
  const numberOf = await numberTexts(client, collectionId, textsOf(latents));
  await copyRows(
    client,
    ownName("latents", collectionId),
    ["collection_id", ...columns.map(([name]) => name)],
    latents,
    (encoder, latent) => {
      encoder.text(collectionId);
      for (const [, write] of columns) write(encoder, latent, numberOf);
    },
  );
}

function* textsOf(latents: readonly LatentRowInput[]): Generator<string> {
  for (const { topTokens, positiveTail, negativeTail, nextTokens, logitEffect } of latents) {
    for (const { token } of topTokens) yield token;
    for (const { token } of positiveTail?.tokens ?? []) yield token;
    for (const { token } of negativeTail?.tokens ?? []) yield token;
    for (const { token } of nextTokens) yield token;
    for (const { token } of logitEffect?.raised ?? []) yield token;
    for (const { token } of logitEffect?.lowered ?? []) yield token;
  }
}

function littleEndianBytes(values: Float32Array | null): Uint8Array | null {
  return values === null ? null : new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
