import { expect, it } from "vitest";
import { asInvalidFile, FileError } from "@/server/files/file-error";

it("repeats the beginning alone of what a file holds where a word is due, and breaks no character", () => {
  const error = asInvalidFile("a/config.json", new Error(`vocab_size is "${"🦊".repeat(50_000)}"`));
  if (!(error instanceof FileError)) throw new Error("it is a FileError");
  expect(error.message.length).toBeLessThan(1600);
  expect(error.message).toMatch(/^a\/config\.json: vocab_size is "(?:🦊)+…$/u);
  expect(error.message).toBe(`a/config.json: ${error.problem}`);
});
