import type { LatentInput } from "@/server/db/latents/load-collection";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { ModuleAttribution } from "@/server/engine/effects/attribution";
import type { RankedTokens } from "@/server/engine/effects/logit-effect";
import type { NearestList } from "@/server/engine/effects/nearest-list";
import type { UpdateSpectrum } from "@/server/engine/effects/update-spectrum";
import { coFiring } from "@/server/engine/features/co-firing";
import type { CollectionStatistics } from "@/server/engine/features/collection-statistics";
import { latentTable } from "@/server/engine/features/latent-table";
import { quietProbes } from "@/server/engine/features/quiet-probes";
import type { ShardPlan } from "@/server/runtime/collections/shard-plan";
import type { LoadedBase } from "@/server/runtime/models/load-base-model";
import type { LatentFindings } from "./analyse-latents";

/** All that is known of a collection's latents when it is stored. */
export type FinishedPass = {
  readonly base: LoadedBase;
  readonly adapter: Adapter;
  readonly plan: ShardPlan;
  readonly statistics: CollectionStatistics;
  readonly findings: LatentFindings;
  elapsedMs(): number;
};

/** A module's rows as they are stored. @param place of the module among the collection's */
export function latentInputs(pass: FinishedPass, name: string, place: number, tokenText: (id: number) => string): LatentInput[] {
  const { statistics, findings } = pass;
  const module = statistics.modules.get(name);
  if (module === undefined) throw new Error(`${name}: the pass gathered no statistics`);
  const attribution = findings.attribution?.get(name);
  const record = findings.record?.modules.get(name);
  const firesWith = coFiring(statistics, name);
  const norms = findings.decoderNorms.get(name);
  const related = findings.related.modules.get(name);
  const logits = findings.logitEffects.get(name);
  const weights = findings.weights.get(name);
  return Array.from(latentTable(statistics, module, tokenText), (row): LatentInput => {
    const { index } = row;
    return {
      ...row,
      module: place,
      decoderNorm: norms?.[index] ?? null,
      weightNorm: weights?.norms[index] ?? null,
      spectrum: spectrumOf(weights?.spectrum, index),
      ...attributionOf(attribution, index),
      bornAtStep: stepOf(record?.bornAtStep[index]),
      diedAtStep: stepOf(record?.diedAtStep[index]),
      related: { decoder: placesOf(related?.decoder, index), encoder: placesOf(related?.encoder, index), firesWith: firesWith(index) },
      logitEffect:
        logits === undefined
          ? null
          : { raised: changesOf(logits.raised, index, tokenText), lowered: changesOf(logits.lowered, index, tokenText) },
      trainingDensity: record === undefined ? null : everyNth(record.density, index, record.bornAtStep.length),
      quiet: quietProbes(module, index),
    };
  });
}

/** Mean of the absolute attributions of a module's latents, those that did not fire as 0. */
export function meanAbsAttribution(attribution: ModuleAttribution | undefined): number | null {
  if (attribution === undefined) return null;
  const { sum, count } = attribution;
  const total = sum.reduce((all, value, latent) => all + (count[latent] === 0 ? 0 : Math.abs(value / (count[latent] ?? 1))), 0);
  return sum.length === 0 ? 0 : total / sum.length;
}

/** A component's place in its module's spectrum. */
function spectrumOf(spectrum: UpdateSpectrum | undefined, index: number): LatentInput["spectrum"] {
  if (spectrum === undefined) return null;
  const { singularValues, shares } = spectrum;
  const directions = singularValues.length;
  return { singularValues, shares: shares.subarray(index * directions, (index + 1) * directions) };
}

function attributionOf(attribution: ModuleAttribution | undefined, index: number) {
  const count = attribution?.count[index] ?? 0;
  return { attribution: count === 0 ? null : (attribution?.sum[index] ?? 0) / count, attributionCount: count };
}

/** A list names modules by their places among the adapter's, which are the collection's. */
function placesOf(list: NearestList | undefined, index: number) {
  return (list?.of(index) ?? []).map(({ module, index: other, cosine }) => ({ module, index: other, value: cosine }));
}

function changesOf({ width, tokens, values }: RankedTokens, index: number, tokenText: (id: number) => string) {
  return Array.from({ length: width }, (_, rank) => {
    const at = index * width + rank;
    return { token: tokenText(tokens[at] ?? 0), change: values[at] ?? 0 };
  });
}

/** −1 in a record stands for never. */
function stepOf(step: number | undefined): number | null {
  return step === undefined || step < 0 ? null : step;
}

/** Values at `first`, `first + n`, `first + 2n` … */
function everyNth(values: Float32Array, first: number, n: number): Float32Array {
  return Float32Array.from({ length: values.length / n }, (_, at) => values[at * n + first] ?? 0);
}
