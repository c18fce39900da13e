import type { ScoreLine } from "@/lib/contract/comparison";
import { formatPlural } from "@/lib/numbers/format";
import { budgetSentences } from "@/server/report/budgets";
import type { Block, Section } from "@/server/report/document";
import { namedPairs, type ReportMaterial, type SidePair } from "@/server/report/material";
import { headlineOf, scoreName } from "@/server/report/words/score-words";
import { joined } from "@/server/report/words/sentences";

/** Pairs whose verdicts stand in full. */
const mostInFull = 4;

/** What may be said, in the words of the verdicts and no others. */
export function answerSection(material: ReportMaterial): Section {
  const pairs = namedPairs(material);
  const told = pairs.slice(0, mostInFull).map(verdictOf);
  const left = pairs.length - told.length;
  const [first] = pairs;
  const blocks: Block[] = told.map((text) => ({ kind: "paragraph", isLead: true, text }));
  if (left > 0) blocks.push({ kind: "paragraph", text: `The scorecards of ${formatPlural(left, "further pair")} follow below.` });
  if (first !== undefined)
    blocks.push({
      kind: "paragraph",
      text: [tallyOf(first), ...forgettingOf(first), ...budgetSentences(first.first, first.second)].join(" "),
    });
  blocks.push({ kind: "paragraph", text: reachOf(pairs) });
  return { title: "Answer", blocks };
}

function verdictOf({ first, second, scorecard }: SidePair): string {
  const line = headlineOf(scorecard.lines);
  return line === undefined
    ? `No number is known of both ${first.name} and ${second.name}, so nothing is said of them.`
    : `${line.verdict.text} (By ${scoreName(line)}.)`;
}

/** How the lines of a scorecard fall. */
function tallyOf({ first, second, scorecard: { lines } }: SidePair): string {
  if (lines.length < 2) return "It rests on this one number.";
  const count = (kind: ScoreLine["verdict"]["kind"]) => lines.filter(({ verdict }) => verdict.kind === kind).length;
  const parts = [
    { count: count("better"), one: `finds ${first.name} better`, more: `find ${first.name} better` },
    { count: count("worse"), one: `finds ${second.name} better`, more: `find ${second.name} better` },
    { count: count("equivalent"), one: "finds them equivalent within its margin", more: "find them equivalent within their margins" },
    { count: count("notDistinguishable"), one: "does not tell them apart", more: "do not tell them apart" },
    { count: count("notComparable"), one: "cannot be compared", more: "cannot be compared" },
  ].filter((part) => part.count > 0);
  return `Of the ${lines.length} lines of their scorecard, ${joined(parts.map((part) => `${part.count} ${part.count === 1 ? part.one : part.more}`))}.`;
}

function forgettingOf({ scorecard }: SidePair): string[] {
  return scorecard.lines.filter(({ isForgetting }) => isForgetting).map(({ verdict }) => `Of what is forgotten: ${verdict.text}`);
}

/** How far any of it reaches. */
function reachOf(pairs: readonly SidePair[]): string {
  const seeds = Math.max(0, ...pairs.flatMap(({ scorecard }) => scorecard.lines.map(({ first }) => first.values.length)));
  const over =
    seeds < 2
      ? "Each side has one run that is compared: the numbers are of these runs, and another seed may give others."
      : `Each side has up to ${seeds} runs that differ in their seed; a difference that holds for seeds holds for these settings, this model and this data.`;
  return `${over} "Not distinguishable" is no evidence that two sides are equal; it says that these rows and seeds do not tell them apart.`;
}
