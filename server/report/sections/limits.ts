import { joined } from "@/lib/comparison/joined";
import { scoreName } from "@/lib/comparison/score-words";
import { isEqualCost, type SideCost, sideCosts } from "@/lib/comparison/side-costs";
import { tasks } from "@/lib/contract/tasks/tasks";
import { formatPlural } from "@/lib/numbers/format";
import type { Section } from "@/server/report/document";
import { namedPairs, type ReportMaterial, type SidePair } from "@/server/report/material";

/** What cannot be compared, what was not measured, and what would change a reader's mind: a sentence each. */
export function limitsSection(material: ReportMaterial): Section {
  const pairs = namedPairs(material);
  const items = [
    ...material.comparison.remarks,
    ...pairs.flatMap(notComparable),
    ...unequalBudgets(pairs),
    ...seedLimits(material),
    ...sweepLimits(material),
    ...missingOf(pairs, material),
    ...notMeasured(material),
    reachOf(material),
  ];
  return { title: "Limitations", blocks: [{ kind: "list", items: [...new Set(items)] }] };
}

function notComparable({ scorecard }: SidePair): string[] {
  return scorecard.lines
    .filter(({ verdict }) => verdict.kind === "notComparable")
    .map((line) => `${scoreName(line)}: ${line.verdict.text}`);
}

/** Costs that follow from settings and differ: a difference of the sides may be one of these. Of several pairs the first is told; a table has all. */
function unequalBudgets(pairs: readonly SidePair[]): string[] {
  return pairs.slice(0, 1).flatMap(({ first, second }) => {
    const apart = Object.values<SideCost>(sideCosts).filter(({ isMeasured, of, noun }) => {
      const [one, other] = [of(first), of(second)];
      return !isMeasured && noun !== "size on disk" && one !== null && other !== null && !isEqualCost(one, other);
    });
    if (apart.length === 0) return [];
    const others = pairs.length > 1 ? " For other pairs see the table of costs." : "";
    return [
      `${first.name} and ${second.name} differ in ${joined(apart.map(({ noun }) => noun))}, which may explain a difference between them.${others}`,
    ];
  });
}

function seedLimits({ comparison: { sides } }: ReportMaterial): string[] {
  const counts = sides.map(({ runs }) => new Set(runs.map(({ seed }) => seed)).size);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (most < 2) return ["Each side has one seed: variation between seeds is unknown, and no interval here covers it."];
  const words = least === most ? formatPlural(least, "seed") : `${least} to ${formatPlural(most, "seed")}`;
  return least < 5
    ? [`Each side has only ${words}: the spread over seeds is known only roughly, which makes intervals over seeds wide.`]
    : [];
}

function sweepLimits({ experiment }: ReportMaterial): string[] {
  if (experiment === null) return [];
  const { request, choices, trials } = experiment;
  const nameOf = (arm: number) => request.arms[arm]?.name ?? "an arm";
  const sweep = trials.filter(({ stage }) => stage === "sweep");
  const count = (status: string) => sweep.filter((trial) => trial.status === status).length;
  const edges = choices.flatMap(({ arm, isAtEdge }) =>
    isAtEdge === null ? [] : [`The best learning rate of ${nameOf(arm)} is the ${isAtEdge} tried: the arm may do better than shown.`],
  );
  const close = choices.flatMap(({ arm, loss, runnerUp, bySeed }) =>
    runnerUp !== null && bySeed.length < 2 && runnerUp.loss - loss < 0.002 * Math.abs(loss)
      ? [
          `The two best settings of ${nameOf(arm)} are within 0.2 % of each other on selection rows, with one seed: the choice between them is close to chance.`,
        ]
      : [],
  );
  const lost = [
    { count: count("failed"), words: "failed" },
    { count: count("stoppedEarly"), words: "were stopped early" },
    { count: count("cancelled"), words: "were cancelled" },
    { count: count("removed"), words: "were removed" },
  ].filter((one) => one.count > 0);
  const ended =
    lost.length === 0 ? [] : [`Of ${sweep.length} trials in the sweep, ${joined(lost.map((one) => `${one.count} ${one.words}`))}.`];
  const finals = trials.filter(({ stage, status }) => stage === "final" && status !== "finished");
  const unfinished =
    finals.length === 0
      ? []
      : [
          `${formatPlural(finals.length, "final run")} did not finish (or not yet) and ${finals.length === 1 ? "is" : "are"} not in any score.`,
        ];
  const seeds =
    request.sweepSeeds.length === 1 ? ["Settings were selected with one sweep seed, so the selection may depend on the seed."] : [];
  const status =
    experiment.experiment.status === "finished"
      ? []
      : [`The experiment is ${experiment.experiment.status}: this report covers what had finished when it was made.`];
  return [...status, ...edges, ...close, ...ended, ...unfinished, ...seeds];
}

/** Benchmarks that some of the runs were measured on and others were not, and those that the experiment asked for. */
function missingOf(pairs: readonly SidePair[], { experiment, benchmarks }: ReportMaterial): string[] {
  const wanted = new Set([...benchmarks.map(({ id }) => id), ...(experiment?.request.benchmarks ?? [])]);
  const missing = pairs.flatMap(({ scorecard }) => scorecard.missing).filter(({ benchmarkId }) => wanted.has(benchmarkId));
  return [...new Set(missing.map(({ benchmarkId }) => benchmarkId))].map((id) => {
    const own = missing.filter(({ benchmarkId }) => benchmarkId === id);
    const runs = new Set(own.flatMap((one) => one.runs));
    return `The benchmark ${own[0]?.name ?? id} was not measured on ${formatPlural(runs.size, "run")} of those compared.`;
  });
}

function notMeasured({ pairs, latents, comparison, benchmarks }: ReportMaterial): string[] {
  const [pair] = pairs;
  const hasForgetting = pair?.scorecard.lines.some(({ isForgetting }) => isForgetting) ?? false;
  const isText = comparison.sides.every(({ task }) => tasks[task].continuesText);
  const forgetting = isText
    ? "Forgetting was not measured; that needs a benchmark of general text."
    : "Forgetting cannot be measured for encoders: the head is newly trained, so the base model has no loss to compare with.";
  return [
    ...(hasForgetting ? [] : [forgetting]),
    ...(benchmarks.length === 0 ? ["No benchmark was measured: scores come from the evaluation at the end of training."] : []),
    ...(latents.sides.length === 0 ? ["No latent statistics were collected, so latents and rank components are not compared."] : []),
  ];
}

/** What the numbers are of. */
function reachOf({ runs }: ReportMaterial): string {
  const namesOf = (pick: "modelName" | "dataName") => joined([...new Set([...runs.values()].map(({ run }) => run[pick]))]);
  return `All results are for ${namesOf("modelName")} and ${namesOf("dataName")}; other models, data or tasks may give different results.`;
}
