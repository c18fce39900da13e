import { type SampleMetric, sampleMean } from "@/lib/numbers/metrics/sample-metric";
import { Random } from "@/lib/numbers/random";
import { compareOverSeeds } from "@/lib/numbers/statistics/over-seeds";

/** Deviations, over seeds, of what a seed does to every example and of what is of seed and example together; examples' own is 1. */
type Mixture = { readonly ofSeed: number; readonly ofBoth: number };

const mixtures: readonly Mixture[] = [0, 0.1, 0.5].flatMap((ofSeed) => [0.2, 1].map((ofBoth) => ({ ofSeed, ofBoth })));
const seedCounts = [2, 3, 5, 10] as const;
const truth = 0.3;

/**
 * Runs of two methods over the same examples: the methods differ by example (deviation 1) around the true difference; runs of a method
 * differ by seed.
 */
export function simulatedRuns(random: Random, seeds: number, examples: number, { ofSeed, ofBoth }: Mixture, difference = truth) {
  const hard = Array.from({ length: examples }, () => 2 * random.nextNormal());
  const runsOf = (shifts: readonly number[]): SampleMetric[] =>
    Array.from({ length: seeds }, () => {
      const shift = ofSeed * random.nextNormal();
      return sampleMean(hard.map((value, i) => value + (shifts[i] as number) + shift + ofBoth * random.nextNormal()));
    });
  return { first: runsOf(hard.map(() => difference + random.nextNormal())), second: runsOf(hard.map(() => 0)) };
}

/** Coverage of the interval over seeds and examples. */
export function simulateSeeds(simulations: number, filter: string, print: (line: string) => void): void {
  print(`| of the seed | of both | examples | ${seedCounts.map((seeds) => `${seeds} seeds`).join(" | ")} |\n|${"---|".repeat(7)}`);
  for (const examples of [60, 400].filter((size) => filter === "" || filter === String(size)))
    for (const mixture of mixtures.filter(({ ofSeed, ofBoth }) => examples < 100 || (ofSeed === 0.1 && ofBoth === 0.2))) {
      const shares = seedCounts.map((seeds) => {
        let covered = 0;
        for (let simulation = 0; simulation < simulations; simulation++) {
          const { first, second } = simulatedRuns(new Random(simulation), seeds, examples, mixture);
          const found = compareOverSeeds(first, second, examples, { resamples: 200, seed: simulation });
          if (found !== undefined && found.low <= truth && truth <= found.high) covered++;
        }
        return ((100 * covered) / simulations).toFixed(1);
      });
      print(`| ${mixture.ofSeed} | ${mixture.ofBoth} | ${examples} | ${shares.join(" | ")} |`);
    }
}
