import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { goldenFolder } from "@/tests/support/fixtures";
import { stanscope } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";

test("texts beyond the original context are computed with a warning that names the scaling", async () => {
  const folder = temporaryFolder();
  const source = join(goldenFolder, "tiny/llama");
  const rope_parameters = { rope_type: "yarn", rope_theta: 10_000, factor: 4, original_max_position_embeddings: 4 };
  const config = JSON.parse(readFileSync(join(source, "config.json"), "utf8"));
  writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, rope_parameters }));
  copyFileSync(join(source, "model.safetensors"), join(folder, "model.safetensors"));
  const ids = (length: number) => {
    const path = join(folder, `${length}.json`);
    writeFileSync(path, JSON.stringify({ input_ids: [Array.from({ length }, (_, at) => at + 3)] }));
    return path;
  };
  const output = join(folder, "out.safetensors");
  const logits = (length: number) => stanscope("logits", "--model", folder, "--input", ids(length), "--output", output);
  const said = (tokens: number) =>
    `warning: texts of ${tokens} tokens exceed the model's original context of 4 tokens; its positions are scaled: yarn, factor 4`;
  const long = await logits(6);
  expect([long.status, long.errors.trim()]).toEqual([0, said(6)]);
  const generated = await stanscope("generate", "--model", folder, "--ids", ids(3), "--max-tokens", "2", "--greedy");
  expect([generated.status, generated.errors.trim()]).toEqual([0, said(5)]);
});
