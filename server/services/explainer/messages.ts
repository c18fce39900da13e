import type { LatentDetail, LatentExample } from "@/lib/contract/latent";
import type { Message } from "./ask-model";
import type { ChosenExamples } from "./choose-examples";

const longestLabel = 300;

const explainTask = [
  "You name what one latent of a neural network responds to.",
  "You are given pieces of text at which it is active. The tokens at which it is active stand between << and >>; after each piece these tokens are listed with their activations.",
  "Strong and weak activations are both given. Look for what the marked tokens, or the text just before them, have in common.",
  "Answer with the name alone: one phrase of at most twelve words, specific enough to tell when the latent is active and when it is not. No introduction, no quotation marks.",
].join("\n");

/** Of a component that takes part at every token: only its extremes tell what it responds to. */
const explainTailsTask = [
  "You name what one component of a neural network responds to.",
  "It has some value at every token. You are given pieces of text in which its value is extreme: high in some, low in others, as each says. The tokens whose value is at least half as extreme as the most extreme one of the piece stand between << and >>; after each piece these tokens are listed with their values.",
  "Look for what the marked tokens of the high pieces, or the text just before them, have in common, and for what those of the low pieces have.",
  "Answer with the name alone: one phrase of at most twelve words, specific enough to tell high from low, such as: high at cups, low at verbs of motion. No introduction, no quotation marks.",
].join("\n");

const detectTask = [
  "You judge whether a latent of a neural network is active in pieces of text.",
  "You are given a description of what the latent responds to, and numbered pieces of text.",
  "Answer with a JSON list of the numbers of those pieces in which the latent is active somewhere, such as [1, 4]; [] if there is none. Answer with the list alone.",
].join("\n");

/** The prompt for naming a latent: its examples, and the tokens that it raises if known. */
export function explainMessages(latent: Pick<LatentDetail, "logitEffect" | "row">, { shown }: ChosenExamples): Message[] {
  const isDense = latent.row.positiveTail !== null || latent.row.negativeTail !== null;
  const pieces = shown.map((example, i) => {
    const isMarked = isDense ? inTail(example) : isActive;
    const tail = isDense ? ` (${example.activation < 0 ? "low" : "high"})` : "";
    const listed = `${isDense ? "Marked" : "Active"}: ${listTokens(example, isMarked)}`;
    return `Text ${i + 1}${tail}:\n${mark(example, isMarked)}\n${listed}`;
  });
  const raised = latent.logitEffect?.raised.map(({ token }) => JSON.stringify(token)).join(", ");
  const effect = raised ? [`Tokens that it makes more likely: ${raised}`] : [];
  return [
    { role: "system", content: isDense ? explainTailsTask : explainTask },
    { role: "user", content: [...pieces, ...effect].join("\n\n") },
  ];
}

/** The prompt for testing a label on held-out examples; undefined if there are none. */
export function detectMessages(label: string, { heldOut }: ChosenExamples): Message[] | undefined {
  if (heldOut.length === 0) return undefined;
  const pieces = heldOut.map(({ example }, i) => `Text ${i + 1}:\n${textOf(example)}`);
  return [
    { role: "system", content: detectTask },
    { role: "user", content: [`Description: ${label}`, ...pieces].join("\n\n") },
  ];
}

/** The phrase that a model answered with: without its thoughts, an introduction or quotation marks, on one line. */
export function labelOf(answer: string): string {
  const said = answer.replace(/<think>[\s\S]*?<\/think>/g, "").trim();
  const line = said.split("\n").find((part) => part.trim() !== "") ?? "";
  return line
    .replace(/^\W*(?:label|name|explanation|description|answer)\**:\**\s*/i, "")
    .trim()
    .replace(/^["'“*`]+|["'”*`]+$/g, "")
    .trim()
    .slice(0, longestLabel);
}

/** The numbers in a model's answer; undefined where it is no list of numbers of texts. */
export function detectedNumbers(answer: string, texts: number): Set<number> | undefined {
  const lists = answer.replace(/<think>[\s\S]*?<\/think>/g, "").match(/\[[\d\s,]*\]/g);
  const last = lists?.at(-1);
  if (last === undefined) return undefined;
  const numbers = (last.match(/\d+/g) ?? []).map(Number);
  return numbers.every((number) => number >= 1 && number <= texts) ? new Set(numbers) : undefined;
}

type Token = LatentExample["tokens"][number];

function isActive({ activation }: Token): boolean {
  return activation !== 0;
}

/** Tokens of the peak's sign that are at least half as large as it (our choice). */
function inTail({ activation: peak }: LatentExample): (token: Token) => boolean {
  return ({ activation }) => activation !== 0 && activation / peak >= 0.5;
}

function mark({ tokens }: LatentExample, isMarked: (token: Token) => boolean): string {
  return tokens.map((token) => (isMarked(token) ? `<<${token.text}>>` : token.text)).join("");
}

function textOf({ tokens }: LatentExample): string {
  return tokens.map(({ text }) => text).join("");
}

function listTokens({ tokens }: LatentExample, isMarked: (token: Token) => boolean): string {
  return tokens
    .filter(isMarked)
    .map(({ text, activation }) => `${JSON.stringify(text)} ${activation.toPrecision(2)}`)
    .join(", ");
}
