import { newRunHref } from "@/components/shell/new-run-address";
import { budgetWords } from "@/lib/comparison/budget-words";
import type { ComparedSide } from "@/lib/contract/comparison";
import type { MatchMode } from "@/lib/contract/experiment";
import type { MatchedBudget, MatchingRun } from "@/lib/contract/matched-budgets";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";

/** In the order of the switch. */
export const modes = ["activeParameters", "parameters", "flops", "wallClock", "budget"] as const satisfies readonly MatchMode[];

/** The two sides that are compared, by place. */
export type Places = readonly [first: number, second: number];

/** The ratio of the larger of two sides to the smaller; 1 if they are equal, null if one is unknown. */
export function ratioOf({ values, fits }: MatchedBudget, [first, second]: Places): number | null {
  const [one, other] = [values[first] ?? null, values[second] ?? null];
  if (one === null || other === null) return null;
  if (fits.includes(second)) return 1;
  const [less, more] = one < other ? [one, other] : [other, one];
  return less === 0 ? null : more / less;
}

/** The suffix of a mode on the switch: `=` if the two are equal, else their ratio. */
export function ratioMark(budget: MatchedBudget, places: Places): string {
  const ratio = ratioOf(budget, places);
  if (ratio === null) return places.some((place) => (budget.values[place] ?? null) === null) ? "?" : "≠";
  return ratio === 1 ? "=" : `${formatSignificant(ratio, 2)}\u00a0×`;
}

/** The mode that a page opens with: the first in which the two are equal. */
export function firstEqual(budgets: readonly MatchedBudget[], [, second]: Places): MatchMode {
  return modes.find((mode) => budgets.some((budget) => budget.mode === mode && budget.fits.includes(second))) ?? "parameters";
}

/** The two sides' values of a budget, in a sentence. */
export function budgetStatement(budget: MatchedBudget, sides: readonly ComparedSide[], [first, second]: Places, tolerance: number): string {
  const { noun, format } = budgetWords[budget.mode];
  const words = (value: number) => (budget.mode === "budget" ? `${format(value)} trials` : format(value));
  const [one, other] = [budget.values[first] ?? null, budget.values[second] ?? null];
  const nameOf = (place: number) => sides[place]?.name ?? "";
  if (one === null || other === null) return unknownStatement(budget, sides, [first, second]);
  if (budget.fits.includes(second))
    return `Equal ${noun} within ${formatSignificant(100 * tolerance, 1)}\u202f%: ${words(one)} and ${words(other)}.`;
  const ratio = ratioOf(budget, [first, second]);
  const factor = ratio === null ? "" : `, ${formatSignificant(ratio, 2)} times as ${budget.mode === "wallClock" ? "much" : "many"}`;
  const [less, more] = one < other ? [first, second] : [second, first];
  return `The ${noun} ${budget.mode === "parameters" || budget.mode === "activeParameters" || budget.mode === "flops" ? "are" : "is"} not equal: ${nameOf(more)} has ${words(Math.max(one, other))}${factor} against ${words(Math.min(one, other))} of ${nameOf(less)}.`;
}

function unknownStatement({ mode, values }: MatchedBudget, sides: readonly ComparedSide[], places: Places): string {
  const unknown = places.flatMap((place) => ((values[place] ?? null) === null ? (sides[place]?.name ?? "") : []));
  const names = [...new Set(unknown)].join(" and ");
  if (mode === "budget") return `The settings of ${names} were not chosen by an experiment’s sweep, so the number of trials is unknown.`;
  return `The ${budgetWords[mode].noun} of ${names} ${mode === "wallClock" ? "was not measured" : "are unknown"}.`;
}

/** All modes in a sentence: equal, not equal with ratios, unknown. */
export function budgetSummary(budgets: readonly MatchedBudget[], places: Places, tolerance: number): string {
  const inOrder = modes.flatMap((mode) => budgets.filter((budget) => budget.mode === mode));
  const ratios = inOrder.map((budget) => ({ noun: budgetWords[budget.mode].noun, ratio: ratioOf(budget, places) }));
  const equal = ratios.flatMap(({ noun, ratio }) => (ratio === 1 ? [noun] : []));
  const unequal = ratios.flatMap(({ noun, ratio }) =>
    ratio !== null && ratio !== 1 ? [`${noun} (${formatSignificant(ratio, 2)}\u00a0×)`] : [],
  );
  const unknown = ratios.flatMap(({ noun, ratio }) => (ratio === null ? [noun] : []));
  const parts = [
    equal.length > 0 ? `Equal within ${formatSignificant(100 * tolerance, 1)}\u202f%: ${equal.join(", ")}.` : "No budget is matched.",
    ...(unequal.length > 0 ? [`Not equal: ${unequal.join(", ")}.`] : []),
    ...(unknown.length > 0 ? [`Unknown: ${unknown.join(", ")}.`] : []),
  ];
  return parts.join(" ");
}

const settingWords: Readonly<Record<MatchingRun["setting"], string>> = {
  rank: "rank",
  k: "k",
  numLatents: "M",
  steps: "steps",
};

/** Which run would match, in a sentence. */
export function suggestionSentence({ side, matches, setting, value }: MatchingRun, sides: readonly ComparedSide[]): string {
  const [own, other] = [sides[side]?.name ?? "", sides[matches]?.name ?? ""];
  const about = setting === "steps" ? "about " : "";
  const size = setting === "steps" ? `${about}${formatInteger(value)} steps` : `${settingWords[setting]} ${formatInteger(value)}`;
  return `A run like ${own} with ${size} would match ${other}.`;
}

/** The form of a new run with that setting filled in. */
export function suggestionHref({ runId, setting, value }: MatchingRun): string {
  return newRunHref({ from: runId, [setting]: value });
}
