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

const detectTask = [
  "You judge whether a latent of a neural network is active in pieces of text.",
  "You are given a description of what the latent responds to, and numbered pieces of text.",
  "Answer with a JSON list of the numbers of those pieces in which the latent is active somewhere, such as [1, 4]; [] if there is none. Answer with the list alone.",
].join("\n");

/** The prompt for naming a latent: its examples, and the tokens that it raises if known. */
export function explainMessages(latent: Pick<LatentDetail, "logitEffect">, { shown }: ChosenExamples): Message[] {
  const pieces = shown.map((example, i) => `Text ${i + 1}:\n${marked(example)}\nActive: ${activeTokens(example)}`);
  const raised = latent.logitEffect?.raised.map(({ token }) => JSON.stringify(token)).join(", ");
  const effect = raised ? [`Tokens that it makes more likely: ${raised}`] : [];
  return [
    { role: "system", content: explainTask },
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

function marked({ tokens }: LatentExample): string {
  return tokens.map(({ text, activation }) => (activation === 0 ? text : `<<${text}>>`)).join("");
}

function textOf({ tokens }: LatentExample): string {
  return tokens.map(({ text }) => text).join("");
}

function activeTokens({ tokens }: LatentExample): string {
  return tokens
    .filter(({ activation }) => activation !== 0)
    .map(({ text, activation }) => `${JSON.stringify(text)} ${activation.toPrecision(2)}`)
    .join(", ");
}
