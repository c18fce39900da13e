import type { LatentDetail, LatentExample } from "@/lib/contract/latent";
import { Random } from "@/lib/numbers/random";

/** What a language model is shown of a latent, and what it is tried on afterwards. */
export type ChosenExamples = {
  shown: LatentExample[];
  /** Firing ones that were not shown and quiet ones, as many of each, in an order of chance. */
  heldOut: { example: LatentExample; fires: boolean }[];
};

const mostShown = 12;
const mostHeldOut = 10;
const fewestHeldOut = 2;

/**
 * Takes turns through the strongest examples of each sign and the bands, so that negative and weak activations are shown and tried too; every other one is
 * shown, the rest is held out. A row of the corpus is on one side alone. The same latent gives the same choice.
 *
 * @returns nothing held out where there are too few firing or quiet examples to try a label on
 */
export function chooseExamples({
  row,
  examples,
  bands,
  quiet,
}: Pick<LatentDetail, "row" | "examples" | "bands" | "quiet">): ChosenExamples {
  const positive = examples.filter(({ activation }) => activation >= 0);
  const negative = examples.filter(({ activation }) => activation < 0);
  const groups = [positive, negative, ...[...bands].reverse().map((band) => band.examples)];
  const shown: LatentExample[] = [];
  const others: LatentExample[] = [];
  const sideOf = new Map<number, LatentExample[]>();
  const longest = groups.reduce((most, { length }) => Math.max(most, length), 0);
  for (let rank = 0; rank < longest; rank++) {
    for (const group of groups) {
      const example = group[rank];
      if (example === undefined || sideOf.has(example.context)) continue;
      const side = rank % 2 === 0 ? shown : others;
      sideOf.set(example.context, side);
      side.push(example);
    }
  }
  const silent = quiet.filter(({ context }) => !sideOf.has(context));
  const count = Math.min(mostHeldOut, others.length, silent.length);
  const tried = count < fewestHeldOut ? [] : [...firing(others.slice(0, count), true), ...firing(silent.slice(0, count), false)];
  return { shown: shown.slice(0, mostShown), heldOut: shuffled(tried, row.index) };
}

function firing(examples: readonly LatentExample[], fires: boolean) {
  return examples.map((example) => ({ example, fires }));
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = new Random(seed);
  return items
    .map((item) => ({ item, key: random.nextWord() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
