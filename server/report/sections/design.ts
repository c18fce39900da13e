import type { ExperimentDetail, MatchMode } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import { formatDuration, formatFixed, formatInteger, formatPlural, formatSetting } from "@/lib/numbers/format";
import type { Block } from "@/server/report/document";
import type { ReportMaterial } from "@/server/report/material";
import { joined } from "@/server/report/words/sentences";

const matched: Record<MatchMode, string> = {
  parameters: "the number of trainable parameters of the adapter, within 2 %",
  activeParameters: "the number of the adapter's parameters that take part in one token, within 2 %",
  flops: "the adapter's FLOPs a token, within 2 %",
  wallClock: "the time of training: each arm has as many steps as fit into the same time",
  budget: "nothing more",
};

/** How settings were chosen, on which rows, and what the sides have in common. */
export function designBlocks({ experiment, comparison: { sides } }: ReportMaterial): Block[] {
  if (experiment === null) {
    const text =
      "These runs were picked by a person. Nothing here says how their settings were found, how many others were tried, or on which rows; a difference may be one of the care that each side was given.";
    return [{ kind: "paragraph", text }];
  }
  return [
    { kind: "heading", text: "How the settings were found" },
    {
      kind: "list",
      items: [
        matchedWords(experiment),
        budgetWords(experiment),
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
  return `Matched by construction between ${joined(arms.map(({ name }) => name))}: the number of trials of the sweep, the rows and their order; beside these ${matched[match]}. What else is equal, and what is not, stands in the table of costs.`;
}

function budgetWords({ request, trials }: ExperimentDetail): string {
  const { search, arms, earlyStopping, training, match } = request;
  const counts = arms.map((_, arm) => trials.filter((trial) => trial.stage === "sweep" && trial.arm === arm).length);
  const each =
    new Set(counts).size === 1 ? `${counts[0]} trials of every arm` : arms.map(({ name }, arm) => `${counts[arm]} of ${name}`).join(", ");
  const how = search.kind === "grid" ? "a grid: every adapter with every learning rate" : `a random search, seed ${search.seed}`;
  const steps = match === "wallClock" ? "as many steps as the time allows" : `${formatInteger(training.steps)} steps each`;
  const stopping =
    earlyStopping === null
      ? "No trial was stopped early by rule."
      : `The median stopping rule (Golovin et al. 2017) holds for all arms alike, from step ${earlyStopping.firstStep} and after ${earlyStopping.afterTrials} trials of the arm.`;
  return `Sweep: ${each}, ${steps}, ${how}. ${stopping}`;
}

function ruleWords({ request: { sweepSeeds } }: ExperimentDetail): string {
  const over = sweepSeeds.length === 1 ? `with one seed, ${sweepSeeds[0]}` : `by the mean over the seeds ${sweepSeeds.join(", ")}`;
  return `Rule of choice, the same for every arm: the setting with the least loss on the selection rows at the end of a whole training, ${over}; of equal ones the first. Trials that failed or were stopped count as tried and are never chosen.`;
}

function halvesWords({ estimate }: ExperimentDetail): string {
  return `Held-out rows fall into two halves by a hash of their text: ${formatInteger(estimate.selectionRows)} selection rows that settings were chosen by, and ${formatInteger(estimate.reportRows)} report rows that took no part in any choice and that the results below are of. No arm was trained on either.`;
}

function seedWords({ request: { finalSeeds, domainSets } }: ExperimentDetail, sides: number): string {
  const sets =
    domainSets === null ? "" : ` Every arm was trained on each of ${domainSets.length} sets of domains, which gives ${sides} sides.`;
  return `Final runs: the chosen setting of each arm, trained anew with ${formatPlural(finalSeeds.length, "seed")} (${finalSeeds.join(", ")}), the same for every arm.${sets}`;
}

function spentWords({ spent, estimate }: ExperimentDetail): string {
  const saved = spent.savedSteps > 0 ? `; early stopping left out ${formatInteger(spent.savedSteps)}` : "";
  const expected = estimate.seconds === null ? "" : ` Before it started, ${formatDuration(estimate.seconds)} were estimated.`;
  return `Taken in all, sweep and final runs with their evaluations: ${formatDuration(spent.seconds)}, ${formatInteger(spent.steps)} steps${saved}.${expected}`;
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
  const next = runnerUp === null ? "" : `, the next best ${formatFixed(runnerUp.loss, 4)}`;
  const lost = [failed > 0 ? `${failed} failed` : "", stoppedEarly > 0 ? `${stoppedEarly} stopped early` : ""].filter(Boolean);
  const edge = isAtEdge === null ? "" : ` It is the ${isAtEdge} learning rate that was tried: a better one may lie beyond.`;
  return `${request.arms[arm]?.name ?? "An arm"}${domains}: ${setting}, selection loss ${formatFixed(loss, 4)}${next}, of ${tried} trials${lost.length === 0 ? "" : ` (${lost.join(", ")})`}.${edge}`;
}
