import { bandList, exampleList, type LatentExampleRecord } from "@/server/engine/features/example-list";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import type { CollectedLatents } from "@/server/runtime/collections/collection-session";

/**
 * The lines of `examples.jsonl`. Of each latent first its strongest firings from distinct contexts, with `rank`, of a dense component the positive ones
 * before the negative ones; then samples of its firings between quantiles of their rank, with `band` [from, to], the band's `firings` and the activations
 * `lowest` and `highest` that it lies between.
 */
export function* exampleLines({ statistics, rows }: CollectedLatents, tokenizer: Tokenizer | null): Generator<string> {
  const tokensOf = (row: number) => rows.get(row)?.ids ?? new Int32Array(0);
  const shown = (example: LatentExampleRecord) => {
    const { activation, row, position, from, to } = example;
    const tokens = [...tokensOf(row)].slice(from, to);
    const texts = tokenizer === null ? {} : { texts: tokens.map((id) => tokenizer.tokenText(id)) };
    const activations = tokens.map((_, at) => activationAt(example, from + at));
    return { activation, row, position, peak: position - from, tokens, ...texts, activations };
  };
  for (const [module, statistic] of statistics.modules) {
    for (let index = 0; index < statistic.shape.numLatents; index++) {
      for (const [rank, example] of exampleList(statistic, index, tokensOf).entries()) {
        yield `${JSON.stringify({ module, index, rank, ...shown(example), duplicates: example.duplicates })}\n`;
      }
      for (const { from, to, firings, lowest, highest, examples } of bandList(statistic, index, tokensOf)) {
        const about = { module, index, band: [from, to], firings, lowest, highest };
        for (const example of examples) yield `${JSON.stringify({ ...about, ...shown(example) })}\n`;
      }
    }
  }
}

function activationAt({ firingPositions, firingActivations }: LatentExampleRecord, position: number): number {
  const place = firingPositions.indexOf(position);
  return place < 0 ? 0 : (firingActivations[place] ?? 0);
}
