import { describe, expect, it } from "vitest";
import { firstPrompts, promptChoiceOf, promptSourceOf, promptTokensOf } from "@/components/studies/prompt-choice";
import { doseRequest } from "@/lib/contract/study";
import { fewestExamples } from "@/lib/numbers/statistics/enough-examples";

const page = { prompt: "Once upon", useChatTemplate: true };

describe("the prompts of a study", () => {
  it("are the page's own, read as the page reads it", () => {
    expect(promptSourceOf({ ...firstPrompts, kind: "page" }, page)).toEqual({ texts: ["Once upon"], useChatTemplate: true });
    expect(promptSourceOf({ ...firstPrompts, kind: "page" }, { ...page, prompt: "" })).toMatch(/Enter a prompt/);
  });

  it("are lines, empty ones left out, with line breaks written as such", () => {
    const lines = { ...firstPrompts, kind: "lines" as const, lines: "a \n\nb\\nc" };
    expect(promptSourceOf(lines, page)).toEqual({ texts: ["a ", "b\nc"], useChatTemplate: true });
    expect(promptSourceOf({ ...lines, lines: " \n" }, page)).toBe("Enter at least one prompt, one per line");
    expect(promptSourceOf({ ...lines, lines: "a\n".repeat(257) }, page)).toBe("At most 256 prompts, but there are 257");
  });

  it("are beginnings of held-out rows", () => {
    const rows = promptSourceOf({ ...firstPrompts, heldOutRows: 3, promptTokens: 5 }, page);
    expect(rows).toEqual({ heldOutRows: 3, promptTokens: 5 });
    expect(typeof rows !== "string" && promptTokensOf(rows)).toEqual([5, 5, 5]);
  });

  it("are enough for an interval where nothing else is chosen, and so are the rows for the loss", () => {
    expect(firstPrompts.heldOutRows).toBeGreaterThanOrEqual(fewestExamples);
    const dose = { kind: "dose", latent: { module: "m", index: 3 }, operation: "scale", values: [2], prompts: { texts: ["a"] } };
    expect(doseRequest.parse(dose).heldOutRows).toBeGreaterThanOrEqual(fewestExamples);
  });

  it("come back as they were chosen, from what a study was started with", () => {
    for (const source of [
      { texts: ["Once upon"], useChatTemplate: true },
      { texts: ["a\nb", "c"], useChatTemplate: true },
      { heldOutRows: 7, promptTokens: 11 },
    ]) {
      expect(promptSourceOf(promptChoiceOf(source, page), page)).toEqual(source);
    }
    expect(promptChoiceOf({ texts: ["Once upon"], useChatTemplate: true }, page).kind).toBe("page");
  });
});
