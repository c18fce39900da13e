import { joined } from "@/lib/comparison/joined";
import type { ExperimentDetail, MatchMode } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import { formatDuration, formatFixed, formatInteger, formatPlural, formatSetting } from "@/lib/numbers/format";
import type { Block } from "@/server/report/document";
import type { ReportMaterial } from "@/server/report/material";

const matched: Record<MatchMode, string> = {
  parameters: "the adapter's trainable parameters, within 2 %",
  activeParameters: "the adapter's active parameters per token, within 2 %",
  flops: "the adapter's FLOPs per token, within 2 %",
  wallClock: "training time: each arm runs as many steps as fit into the same time",
  budget: "nothing else",
};

/** How settings were chosen, on which rows, and what the sides have in common. */
export function designBlocks({ experiment, comparison: { sides } }: ReportMaterial): Block[] {
  if (experiment === null) {
    const text =
      "These runs were selected by hand. This report does not know how their settings were found, how many others were tried, or on which rows, so differences may reflect how much tuning each side received.";
    return [{ kind: "paragraph", text }];
  }
  return [
    { kind: "heading", text: "How settings were selected" },
    {
      kind: "list",
      items: [
        matchedWords(experiment),
        trialWords(experiment),
        ruleWords(experiment),
        halvesWords(experiment),
        seedWords(experiment, sides.length),
        spentWords(experiment),
      ],
    },
    ...(experiment.choices.length > 0
      ? [{ kind: "list" as const, items: experiment.choices.map((choice) => choiceSentence(choice, experiment)) }]
      : []),
  ];
}

function matchedWords({ request: { match, arms } }: ExperimentDetail): string {
  return `Matched by construction between ${joined(arms.map(({ name }) => name))}: the number of trials in the sweep, the rows and their order; in addition ${matched[match]}. The table of costs shows what else is equal and what is not.`;
}

function trialWords({ request, trials }: ExperimentDetail): string {
  const { search, arms, earlyStopping, training, match } = request;
  const counts = arms.map((_, arm) => trials.filter((trial) => trial.stage === "sweep" && trial.arm === arm).length);
  const each =
    new Set(counts).size === 1 ? `${counts[0]} trials per arm` : arms.map(({ name }, arm) => `${counts[arm]} of ${name}`).join(", ");
  const how = search.kind === "grid" ? "grid search over every adapter with every learning rate" : `random search, seed ${search.seed}`;
  const steps = match === "wallClock" ? "as many steps as time allows" : `${formatInteger(training.steps)} steps each`;
  const stopping =
    earlyStopping === null
      ? "No early stopping."
      : `Early stopping by the median stopping rule (Golovin et al. 2017), the same for every arm, from step ${earlyStopping.firstStep} and after ${earlyStopping.afterTrials} trials of the arm.`;
  return `Sweep: ${each}, ${steps}, ${how}. ${stopping}`;
}

function ruleWords({ request: { sweepSeeds } }: ExperimentDetail): string {
  const over = sweepSeeds.length === 1 ? `with one seed, ${sweepSeeds[0]}` : `averaged over the seeds ${sweepSeeds.join(", ")}`;
  return `Selection rule, the same for every arm: the setting with the lowest loss on the selection rows at the end of a complete training, ${over}; the first if tied. Trials that failed or were stopped count as tried and are never selected.`;
}

function halvesWords({ estimate }: ExperimentDetail): string {
  return `Held-out rows are split into two halves by a hash of their text: ${formatInteger(estimate.selectionRows)} selection rows, on which settings were selected, and ${formatInteger(estimate.reportRows)} report rows, which took no part in selection and give the results below. No arm was trained on either.`;
}

function seedWords({ request: { finalSeeds, domainSets } }: ExperimentDetail, sides: number): string {
  const sets = domainSets === null ? "" : ` Every arm was trained on each of ${domainSets.length} sets of domains, giving ${sides} sides.`;
  return `Final runs: the selected setting of each arm, retrained with ${formatPlural(finalSeeds.length, "seed")} (${finalSeeds.join(", ")}), the same for every arm.${sets}`;
}

function spentWords({ spent, estimate }: ExperimentDetail): string {
  const saved = spent.savedSteps > 0 ? `; early stopping saved ${formatInteger(spent.savedSteps)}` : "";
  const expected = estimate.seconds === null ? "" : ` The estimate before the start was ${formatDuration(estimate.seconds)}.`;
  return `Total for sweep and final runs, including evaluations: ${formatDuration(spent.seconds)}, ${formatInteger(spent.steps)} steps${saved}.${expected}`;
}

/** Why an arm's final runs have the setting that they have. */
function choiceSentence(choice: ExperimentDetail["choices"][number], { request, trials }: ExperimentDetail): string {
  const { arm, domainSet, trial, loss, runnerUp, tried, failed, stoppedEarly, isAtEdge } = choice;
  const chosen = trials.find((one) => one.stage === "sweep" && one.arm === arm && one.trial === trial);
  const setting =
    chosen === undefined
      ? "a setting"
      : `${methodOf(chosen.adapter).describe(chosen.adapter)} at learning rate ${formatSetting(chosen.learningRate)}`;
  const domains = domainSet === null ? "" : ` on ${joined(request.domainSets?.[domainSet] ?? [])}`;
  const next = runnerUp === null ? "" : `, next best ${formatFixed(runnerUp.loss, 4)}`;
  const lost = [failed > 0 ? `${failed} failed` : "", stoppedEarly > 0 ? `${stoppedEarly} stopped early` : ""].filter(Boolean);
  const edge = isAtEdge === null ? "" : ` It is the ${isAtEdge} learning rate tried: a better one may lie beyond.`;
  return `${request.arms[arm]?.name ?? "An arm"}${domains}: ${setting}, selection loss ${formatFixed(loss, 4)}${next}, of ${tried} trials${lost.length === 0 ? "" : ` (${lost.join(", ")})`}.${edge}`;
}
