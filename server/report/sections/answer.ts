import { joined } from "@/lib/comparison/joined";
import { headlineOf, scoreName } from "@/lib/comparison/score-words";
import { costSentences } from "@/lib/comparison/side-costs";
import type { ScoreLine } from "@/lib/contract/comparison";
import { formatPlural } from "@/lib/numbers/format";
import type { Block, Section } from "@/server/report/document";
import { namedPairs, type ReportMaterial, type SidePair } from "@/server/report/material";

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
      text: [tallyOf(first), ...forgettingOf(first), ...costSentences(first.first, first.second)].join(" "),
    });
  blocks.push({ kind: "paragraph", text: reachOf(pairs) });
  return { title: "Answer", blocks };
}

function verdictOf({ first, second, scorecard }: SidePair): string {
  const line = headlineOf(scorecard.lines);
  return line === undefined
    ? `${first.name} and ${second.name} have no metric in common, so they cannot be compared.`
    : `${line.verdict.text} (By ${scoreName(line)}.)`;
}

/** How the lines of a scorecard fall. */
function tallyOf({ first, second, scorecard: { lines } }: SidePair): string {
  if (lines.length < 2) return "This is the only metric.";
  const count = (kind: ScoreLine["verdict"]["kind"]) => lines.filter(({ verdict }) => verdict.kind === kind).length;
  const parts = [
    { count: count("better"), one: `finds ${first.name} better`, more: `find ${first.name} better` },
    { count: count("worse"), one: `finds ${second.name} better`, more: `find ${second.name} better` },
    { count: count("equivalent"), one: "finds them equivalent within its margin", more: "find them equivalent within their margins" },
    { count: count("notDistinguishable"), one: "does not distinguish them", more: "do not distinguish them" },
    { count: count("notComparable"), one: "cannot be compared", more: "cannot be compared" },
  ].filter((part) => part.count > 0);
  return `Of the ${lines.length} metrics in their scorecard, ${joined(parts.map((part) => `${part.count} ${part.count === 1 ? part.one : part.more}`))}.`;
}

function forgettingOf({ scorecard }: SidePair): string[] {
  return scorecard.lines.filter(({ isForgetting }) => isForgetting).map(({ verdict }) => `Forgetting: ${verdict.text}`);
}

/** How far any of it reaches. */
function reachOf(pairs: readonly SidePair[]): string {
  const seeds = Math.max(0, ...pairs.flatMap(({ scorecard }) => scorecard.lines.map(({ first }) => first.values.length)));
  const over =
    seeds < 2
      ? "Each side has one run, so these numbers hold for these runs; other seeds may differ."
      : `Each side has up to ${seeds} runs with different seeds; a difference that holds across seeds holds for these settings, this model and this data.`;
  return `${over} "Not distinguishable" is not evidence that two sides are equal; it means that these rows and seeds show no statistically significant difference.`;
}
