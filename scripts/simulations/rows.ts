import { differenceOf } from "@/lib/numbers/metrics/sample-metric";
import { Random } from "@/lib/numbers/random";
import { drawCounts } from "@/lib/numbers/statistics/bootstrap";
import { bootstrapInterval, comparePaired, type IntervalMethod, mostSkewness } from "@/lib/numbers/statistics/paired-difference";
import { spreadEstimate } from "@/lib/numbers/statistics/student-interval";
import { classSetting, correlationSetting, lossSetting, type Setting, type SimulatedPair } from "./simulated-pairs";

type Print = (line: string) => void;

const sizes = [30, 100, 400, 2000] as const;
/** Of a comparison; the product draws 1000 to 2000. Fewer where examples are many, for time. */
const resamplesOf: { readonly [size in (typeof sizes)[number]]: number } = { 30: 1000, 100: 1000, 400: 1000, 2000: 500 };
/** So many comparisons share their draws of examples, for time. */
const batch = 200;
/** BCa's jackknife takes longer than all else. */
const mostOfBca = 100;
const methods: readonly IntervalMethod[] = ["student", "expanded", "percentile", "bca"];

const settings: readonly Setting[] = [
  lossSetting("normal", 0.5),
  lossSetting("t3", 0.5),
  lossSetting("lognormal", 0),
  lossSetting("lognormal", 0.5),
  lossSetting("lognormal", 0.95),
  lossSetting("lognormal", 0.5, 0.8),
  lossSetting("lognormal", 0.95, 0.8),
  lossSetting("lognormal", 0.95, 0.5),
  classSetting("f1", "0.88 and 0.79", [1.2, 0.8], 0.5),
  classSetting("matthews", "0.88 and 0.79", [1.2, 0.8], 0.5),
  classSetting("f1", "0.96 and 0.93", [1.7, 1.5], 0.5),
  classSetting("matthews", "0.88 and 0.79", [1.2, 0.8], 0.95),
  correlationSetting("pearson", [0.3, 0.35], 0.5),
  correlationSetting("pearson", [0.3, 0.35], 0.5, "t3"),
  correlationSetting("spearman", [0.5, 0.6], 0.5),
];
/** Over 2000 examples these alone, for time. */
const settingsOfMany = new Set([0, 1, 4, 7, 8].map((i) => settings[i]));

/** Coverage of the bootstrap's intervals; `skewed` is the share of comparisons whose resamples are more skewed than `mostSkewness`. */
export function simulateRows(simulations: number, filter: string, print: Print): void {
  print(`| setting | examples | ${methods.join(" | ")} | missed below, above | skewed |\n|${"---|".repeat(methods.length + 4)}`);
  for (const setting of settings.filter(({ name }) => name.includes(filter)))
    for (const examples of sizes.filter((size) => size < 2000 || settingsOfMany.has(setting))) {
      const covered = methods.map(() => 0);
      let [below, above, skewed] = [0, 0, 0];
      let shared: Int32Array[] = [];
      for (let simulation = 0; simulation < simulations; simulation++) {
        const random = new Random(simulation);
        if (simulation % batch === 0) shared = drawResamples(examples, resamplesOf[examples], random);
        const pair = setting.draw(random, examples);
        const metric = differenceOf(pair.first, pair.second);
        const sorted = resampledDifferences(pair, shared).sort();
        for (const [m, method] of methods.entries()) {
          if (method === "bca" && examples > mostOfBca) continue;
          const [low, high] = bootstrapInterval({ sorted, undefinedResamples: 0 }, metric, examples, 0.95, method);
          if (low <= setting.truth && setting.truth <= high) covered[m] = (covered[m] as number) + 1;
          else if (method === "student" && low > setting.truth) below++;
          else if (method === "student") above++;
        }
        if (Math.abs(spreadEstimate(metric(), sorted, examples).skewness) > mostSkewness) skewed++;
      }
      const shares = [...covered, below, above].map((count) => ((100 * count) / simulations).toFixed(1));
      const columns = shares.slice(0, methods.length).map((share, m) => (methods[m] === "bca" && examples > mostOfBca ? "" : share));
      const missed = shares.slice(methods.length).join(", ");
      print(`| ${setting.name} | ${examples} | ${columns.join(" | ")} | ${missed} | ${Math.round((100 * skewed) / simulations)} % |`);
    }
}

function drawResamples(examples: number, resamples: number, random: Random): Int32Array[] {
  return Array.from({ length: resamples }, () => drawCounts(new Int32Array(examples), random));
}

/** The difference of each resample; of means it is linear in the counts, which saves most of the time. */
function resampledDifferences({ first, second, differences }: SimulatedPair, shared: readonly Int32Array[]): Float64Array {
  if (differences === undefined) return Float64Array.from(shared, (counts) => first(counts) - second(counts));
  const values = Float64Array.from(differences);
  return Float64Array.from(shared, (counts) => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += (counts[i] as number) * (values[i] as number);
    return sum / values.length;
  });
}

const pairs = [
  ["0.5 and 0.5", [0, 0]],
  ["0.55 and 0.5", [0.1256613, 0]],
  ["0.7 and 0.5", [0.5244005, 0]],
  ["0.95 and 0.95", [1.6448536, 1.6448536]],
  ["0.97 and 0.93", [1.8807936, 1.475791]],
] as const;

/** Coverage of Tango's interval of accuracies; `discordant` is the mean number of examples that one alone has right. */
export function simulateShares(simulations: number, filter: string, print: Print): void {
  print("| setting | examples | discordant | coverage |\n|---|---|---|---|");
  for (const [accuracies, skills] of pairs)
    for (const correlation of [0, 0.5, 0.95])
      for (const examples of sizes) {
        const setting = classSetting("accuracy", accuracies, skills, correlation);
        if (!setting.name.includes(filter)) continue;
        let [covered, discordant] = [0, 0];
        for (let simulation = 0; simulation < simulations; simulation++) {
          const { first, second, right } = setting.draw(new Random(simulation), examples);
          const found = comparePaired(first, second, examples, right === undefined ? {} : { right });
          if (found === undefined) continue;
          if (found.low <= setting.truth && setting.truth <= found.high) covered++;
          discordant += found.discordant ?? 0;
        }
        print(
          `| ${setting.name} | ${examples} | ${(discordant / simulations).toFixed(1)} | ${((100 * covered) / simulations).toFixed(1)} |`,
        );
      }
}
