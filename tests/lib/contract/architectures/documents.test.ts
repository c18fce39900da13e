import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { DECODER_NAMES } from "@/lib/contract/architectures/architectures";

it.each(["README.md", "docs/formats.md"])("%s lists every decoder that is supported, in the order of the registry", (path) => {
  const listed = /llama, mistral[^()|]*gpt_neox/.exec(readFileSync(path, "utf8"))?.[0] ?? "";
  expect(listed.split(/, | or /)).toEqual(DECODER_NAMES);
});
