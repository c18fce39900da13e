import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { fixturesFolder, modelsFolder, references, tinyDecoders } from "@/tests/support/fixtures";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layTinyAdapter } from "@/tests/support/tiny-training";

const fixtures = fixturesFolder ?? "";

describe("headless generation", () => {
  test("continues a prompt of the demonstration's model, the same each time", async () => {
    const words = ["generate", "--model", "demo/model", "--prompt", "The function returns", "--max-tokens", "7", "--json"];
    const first = JSON.parse(await stanscopeSucceeds(...words));
    expect(first.ids).toHaveLength(7);
    expect(first.text.length).toBeGreaterThan(0);
    expect(first.tokensPerSecond).toBeGreaterThan(0);
    const sampled = [...words, "--temperature", "0.9", "--seed", "3"];
    const [once, again] = [JSON.parse(await stanscopeSucceeds(...sampled)), JSON.parse(await stanscopeSucceeds(...sampled))];
    expect(again.ids).toEqual(once.ids);
  });

  test("asks for what is missing or contradictory with the usage and status 2", async () => {
    const model = ["--model", "demo/model", "--max-tokens", "3"];
    for (const words of [
      model,
      [...model, "--prompt", "a", "--ids", "b.json"],
      [...model, "--prompt", "a", "--edits", "e.json"],
      ["--prompt", "a"],
    ]) {
      const { status, errors } = await stanscope("generate", ...words);
      expect(status).toBe(2);
      expect(errors).toMatch(/Usage: npm run -s stanscope -- generate/);
    }
  });
});

describe.runIf(fixturesFolder)("headless generation of a tiny model", references, () => {
  test.each([...tinyDecoders, "phi3-longrope"])("of %s with an adapter is PyTorch's, greedily", async (architecture) => {
    const folder = temporaryFolder();
    const source = join(fixtures, "tiny", architecture);
    const expected = openSafetensors(join(source, "expected.safetensors"));
    writeFileSync(join(folder, "prompt.json"), JSON.stringify([...expected.readInts("edge.greedy.prompt_ids")]));
    layTinyAdapter(source, "stan", "edge.stan", join(folder, "adapter"));
    const words = [
      "--model",
      source,
      "--adapter",
      join(folder, "adapter"),
      "--ids",
      join(folder, "prompt.json"),
      "--greedy",
      "--max-tokens",
      "16",
      "--json",
    ];
    const { ids } = JSON.parse(await stanscopeSucceeds("generate", ...words));
    const whole = [...expected.readInts("edge.greedy.ids")];
    expect(whole.slice(-16)).toEqual(ids);
  });

  test("with its adapter switched off is the base model's", async () => {
    const folder = temporaryFolder();
    const source = join(fixtures, "tiny", "llama");
    writeFileSync(join(folder, "prompt.json"), "[5, 6, 7]");
    writeFileSync(join(folder, "off.json"), '[{"operation": "adapterOff"}]');
    const words = ["generate", "--model", source, "--ids", join(folder, "prompt.json"), "--max-tokens", "12", "--json"];
    const adapter = ["--adapter", join(source, "stan-m64-k4")];
    const ids = async (...more: string[]) => JSON.parse(await stanscopeSucceeds(...words, ...more)).ids;
    const base = await ids();
    expect(await ids(...adapter, "--edits", join(folder, "off.json"))).toEqual(base);
    const file = { format: "stanscope-edits", version: 1, name: "off", edits: [{ operation: "adapterOff" }] };
    writeFileSync(join(folder, "saved.json"), JSON.stringify(file));
    expect(await ids(...adapter, "--edits", join(folder, "saved.json"))).toEqual(base);
    expect(await ids(...adapter)).not.toEqual(base);
  });
});

describe.runIf(fixturesFolder !== undefined && modelsFolder !== undefined)("headless generation of SmolLM2", references, () => {
  test("is PyTorch's as long as the margins are clear", async () => {
    const folder = temporaryFolder();
    const { prompts } = JSON.parse(readFileSync(join(fixtures, "parity", "smollm2.json"), "utf8"));
    const [{ input_ids, greedy_ids }] = prompts;
    writeFileSync(join(folder, "prompt.json"), JSON.stringify(input_ids));
    const model = join(modelsFolder ?? "", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf");
    const words = ["--model", model, "--ids", join(folder, "prompt.json"), "--max-tokens", "8", "--json"];
    const { ids } = JSON.parse(await stanscopeSucceeds("generate", ...words));
    expect(ids).toEqual(greedy_ids.slice(0, 8));
  });
});
