import type { LatentExample } from "@/lib/contract/latent";
import type { ArchiveFile } from "@/server/interop/archives/write-tar";
import type { ExportedLatent } from "@/server/interop/neuronpedia/neuronpedia-lines";
import { toBars } from "./linear-bars";

/**
 * A latent as circuit-tracer's pages read a feature. `index` is the Cantor pairing of layer and index, by which they name a feature's file;
 * `quantile_values` are the 50th, 95th and 99th percentile of |a| over firing positions. `act_min` and `act_max` are the ends of `histogram`, and 0
 * lies between them: their pages draw the one over the other, and colour tokens from `act_min`, so a firing at the least activation would look quiet.
 */
export function circuitTracerFeature(
  { row, tokens, histogram, quantiles, examples, bands, logitEffect }: ExportedLatent,
  sourceId: string,
) {
  const ends = { min: Math.min(0, row.minActivation ?? 0), max: Math.max(0, row.maxActivation ?? 0) };
  const seen = new Set<string>();
  const show = (list: readonly LatentExample[]) => list.map((example) => toExample(example, seen));
  const groups = [
    { quantile_name: "Top", examples: show(examples) },
    // Strongest first, as their pages list quantiles.
    ...[...bands].reverse().map((band) => ({
      quantile_name: `Rank ${Math.round(band.from * 100)}–${Math.round(band.to * 100)} %`,
      examples: show(band.examples),
    })),
  ];
  return {
    transcoder_id: sourceId,
    index: cantorPair(row.layer, row.index),
    examples_quantiles: groups,
    top_logits: logitEffect?.raised.map(({ token }) => token) ?? [],
    bottom_logits: logitEffect?.lowered.map(({ token }) => token) ?? [],
    act_min: ends.min,
    act_max: ends.max,
    quantile_values: [quantiles.p50 ?? 0, quantiles.p95 ?? 0, quantiles.p99 ?? 0],
    histogram: toBars(histogram, ends).heights,
    activation_frequency: tokens === 0 ? 0 : row.fireCount / tokens,
  };
}

/** A feature a file, named as circuit-tracer asks for it: `{sourceId}/{index}.json`. */
export async function* circuitTracerFiles(
  modules: Iterable<{ sourceId: string; batches: () => AsyncIterable<readonly ExportedLatent[]> }>,
): AsyncGenerator<ArchiveFile> {
  for (const { sourceId, batches } of modules) {
    for await (const latents of batches()) {
      for (const latent of latents) {
        const feature = circuitTracerFeature(latent, sourceId);
        yield { name: `${sourceId}/${feature.index}.json`, bytes: Buffer.from(JSON.stringify(feature)) };
      }
    }
  }
}

/** One number for each pair of natural numbers. */
export function cantorPair(a: number, b: number): number {
  return ((a + b) * (a + b + 1)) / 2 + b;
}

/** A firing that stands in an earlier group is a repeated one: their pages show it pale. */
function toExample({ tokens, peak, context, position }: LatentExample, seen: Set<string>) {
  const place = `${context} ${position}`;
  const isRepeated = seen.has(place);
  seen.add(place);
  return {
    tokens: tokens.map(({ text }) => text),
    tokens_acts_list: tokens.map(({ activation }) => activation),
    train_token_ind: peak,
    is_repeated_datapoint: isRepeated,
  };
}
