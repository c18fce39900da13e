import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { goldenFolder } from "@/tests/support/fixtures";
import { stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layTinyTraining } from "@/tests/support/tiny-training";

test("a GPT-NeoX model is trained, its latents collected and its text steered by one of them", async () => {
  const folder = temporaryFolder();
  const { config, reference } = layTinyTraining(goldenFolder, "gpt_neox", "stan", folder);
  const [run, collection] = [join(folder, "run"), join(folder, "collection")];
  await stanscopeSucceeds("train", "--config", config, "--output", run);
  const losses = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n");
  losses.forEach((line, at) => {
    expect(Math.abs(JSON.parse(line).loss - (reference.losses[at] ?? Number.NaN))).toBeLessThan(2e-5);
  });

  const model = ["--model", join(goldenFolder, "tiny/gpt_neox"), "--adapter", run];
  await stanscopeSucceeds("collect", ...model, "--input", join(folder, "rows.safetensors"), "--output", collection);
  const latents = readFileSync(join(collection, "latents.csv"), "utf8").trim().split("\n").slice(1);
  expect(latents).toHaveLength(4 * 64);
  const counts = latents.map((line) => line.split(",")).map(([module = "", index, fireCount]) => ({ module, index, fireCount }));
  const most = counts
    .filter(({ module }) => module === "gpt_neox.layers.1.attention.dense")
    .reduce((a, b) => (Number(b.fireCount) > Number(a.fireCount) ? b : a));
  expect(Number(most.fireCount)).toBeGreaterThan(0);

  writeFileSync(join(folder, "prompt.json"), "[5, 6, 7]");
  const generate = async (name: string, edits: readonly unknown[]) => {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(edits));
    const words = [...model, "--ids", join(folder, "prompt.json"), "--edits", join(folder, `${name}.json`), "--max-tokens", "8", "--json"];
    return JSON.parse(await stanscopeSucceeds("generate", ...words)).ids;
  };
  const latent = { module: most.module, index: Number(most.index) };
  const plain = await generate("none", []);
  expect(plain).toHaveLength(8);
  expect(await generate("strong", [{ operation: "clamp", latent, value: 1000 }])).not.toEqual(plain);
  expect(await generate("weak", [{ operation: "clamp", latent, value: 1000, isOn: false }])).toEqual(plain);
});
