import { z } from "zod";
import { type PromptSource, studyRows } from "@/lib/contract/study";
import type { StudyHome } from "./study-home";

/** Where a study's prompts come from, as it is chosen in a form. */
export const promptChoice = z.object({
  kind: z.enum(["page", "lines", "rows"]),
  /** One prompt per line; `\n` is a line break within one. */
  lines: z.string(),
  /** Of the lines: as an earlier study read them; null reads them as the page reads its prompt. */
  useChatTemplate: z.boolean().nullable(),
  heldOutRows: z.number(),
  promptTokens: z.number(),
});
export type PromptChoice = z.infer<typeof promptChoice>;

export const firstPrompts: PromptChoice = { kind: "rows", lines: "", useChatTemplate: null, heldOutRows: studyRows, promptTokens: 24 };
type PromptHome = Pick<StudyHome, "prompt" | "useChatTemplate">;

/** Most characters of a token of English, roughly: what a text's tokens are estimated by before it is tokenised. */
const charactersOfToken = 3.5;
const mostPrompts = 256;

/** The prompts to send; a string says why there are none. */
export function promptSourceOf(choice: PromptChoice, { prompt, useChatTemplate }: PromptHome): PromptSource | string {
  switch (choice.kind) {
    case "page":
      return prompt === "" ? "Enter a prompt at the top of the page, or choose other prompts" : { texts: [prompt], useChatTemplate };
    case "lines": {
      const texts = linesOf(choice.lines);
      if (texts.length === 0) return "Enter at least one prompt, one per line";
      if (texts.length > mostPrompts) return `At most ${mostPrompts} prompts, but there are ${texts.length}`;
      return { texts, useChatTemplate: choice.useChatTemplate ?? useChatTemplate };
    }
    case "rows":
      return { heldOutRows: choice.heldOutRows, promptTokens: choice.promptTokens };
  }
}

/** The choice that a study was started with. */
export function promptChoiceOf(source: PromptSource, { prompt, useChatTemplate }: PromptHome): PromptChoice {
  if ("heldOutRows" in source) return { ...firstPrompts, ...source, kind: "rows" };
  const isOfPage = source.texts.length === 1 && source.texts[0] === prompt && source.useChatTemplate === useChatTemplate;
  if (isOfPage) return { ...firstPrompts, kind: "page" };
  const lines = source.texts.map((text) => text.replaceAll("\n", String.raw`\n`)).join("\n");
  return { ...firstPrompts, kind: "lines", lines, useChatTemplate: source.useChatTemplate };
}

/** Tokens of each prompt, roughly where it is a text. */
export function promptTokensOf(source: PromptSource): number[] {
  if ("heldOutRows" in source) return new Array<number>(source.heldOutRows).fill(source.promptTokens);
  return source.texts.map((text) => Math.max(1, Math.round(text.length / charactersOfToken)));
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.replaceAll(String.raw`\n`, "\n"));
}
