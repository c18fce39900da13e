import type { LatentRow } from "./latent";
import type { CountedToken } from "./latent-columns/counted-token";
import type { TailTokens } from "./latent-columns/tail-tokens";
import type { PositionKind } from "./positions/position-kind";
import { visibleControls } from "./visible-controls";

const mostTokens = 3;
/** Of each tail of a dense component. */
const mostTailTokens = 2;
/** Of its firings: a rarer token says little of the latent, however surprising it is there. */
const leastShare = 0.05;
const leastCount = 2;
/** Under it a token is there because it is common. */
const leastLift = 2;

/** What an automatic label is made of. */
export type LabelledStatistics = Pick<
  LatentRow,
  "fireCount" | "topTokens" | "topDomain" | "selectivityInterval" | "domainCounts" | "positiveTail" | "negativeTail"
>;

/**
 * A few words on a latent from its own statistics: the tokens it fires at by lift, `·` for a space, and the domain where it is selective, as in
 * `·cups, ·tbsp; recipes`. Of a dense component it is the tokens of its tails, as in `+ ·cups, ·tbsp − ·the`. Of positions without a vocabulary it is the
 * domain alone. Never stored, and shown as automatic; a person's or an explainer's label stands before it.
 *
 * @returns empty for a latent that never fired, or of which there is nothing to say
 */
export function automaticLabel(row: LabelledStatistics, { plural, hasVocabulary }: PositionKind): string {
  if (row.fireCount === 0) return "";
  if (row.positiveTail !== null && row.negativeTail !== null) {
    return `${tailLabel("+", row.positiveTail)} ${tailLabel("−", row.negativeTail)}`.trim();
  }
  const domain = automaticDomain(row);
  if (!hasVocabulary) return domain;
  const tokens = fewTokens(characteristicTokens(row.topTokens, row.fireCount), mostTokens);
  const words = tokens === "" ? `many ${plural}` : tokens;
  return domain === "" ? words : `${words}; ${domain}`;
}

/** What an automatic label says beside its tokens: the domain where the latent is selective; empty where it is in none, or never fired. */
export function automaticDomain(row: LabelledStatistics): string {
  return row.fireCount > 0 && row.topDomain !== null && isSelective(row) ? row.topDomain : "";
}

/** The label that a person or the explainer wrote, else the automatic one, which may be empty. */
export function labelOrAutomatic(row: LatentRow, positions: PositionKind): string {
  return row.label?.text || automaticLabel(row, positions);
}

/** Whether its domain is told with certainty: the interval lies beyond half the way from an even spread to one domain alone. */
export function isSelective({ selectivityInterval, domainCounts }: Pick<LatentRow, "selectivityInterval" | "domainCounts">): boolean {
  const domains = domainCounts.length;
  return selectivityInterval !== null && domains > 1 && selectivityInterval[0] > (1 + 1 / domains) / 2;
}

/** Of equal lift the more frequent is first, then the order of texts. A dictionary without base rates has lift 0 throughout: the most frequent. */
function characteristicTokens(tokens: readonly CountedToken[], positions: number): CountedToken[] {
  const hasLift = tokens.some(({ lift }) => lift > 0);
  const floor = Math.max(leastCount, leastShare * positions);
  const kept = tokens.filter(({ count, lift }) => count >= floor && (!hasLift || lift >= leastLift));
  return kept.sort((a, b) => b.lift - a.lift || b.count - a.count || (a.token < b.token ? -1 : 1));
}

/** The characteristic tokens of one tail after its sign; empty where there are none. */
function tailLabel(sign: "+" | "−", { tokens, positions }: TailTokens): string {
  const words = fewTokens(characteristicTokens(tokens, positions), mostTailTokens);
  return words === "" ? "" : `${sign} ${words}`;
}

function fewTokens(tokens: readonly CountedToken[], most: number): string {
  return distinct(tokens).slice(0, most).map(visibleToken).join(", ");
}

/** `cups`, ` cups` and ` Cups` are one word. */
function distinct(tokens: readonly CountedToken[]): string[] {
  const seen = new Map<string, string>();
  for (const { token } of tokens) {
    const word = token.trim().toLowerCase() || token;
    if (!seen.has(word)) seen.set(word, token);
  }
  return [...seen.values()];
}

/** Nothing invisible: spaces at the ends as dots, control characters by their signs, no token longer than a word. */
export function visibleToken(token: string): string {
  const ends = token.replace(/^ +| +$/g, (spaces) => (spaces.length > 3 ? `·×${spaces.length}` : "·".repeat(spaces.length)));
  const text = visibleControls(ends);
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
