import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunConfigInput } from "@/lib/contract/run-config";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { fixturesFolder, references, tinyDecoders, tinyEncoders } from "@/tests/support/fixtures";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const fixtures = fixturesFolder ?? "";

/** Rows of latents.csv by their first eight columns, which hold no commas. */
function readLatents(folder: string) {
  const [head = "", ...lines] = readFileSync(join(folder, "latents.csv"), "utf8").trim().split("\n");
  expect(head).toMatch(/^module,index,fireCount,tokens,density,meanActivation,maxActivation,minActivation/);
  return lines.map((line) => {
    const [module = "", index, fireCount, tokens, density, mean, max] = line.split(",");
    return { module, index: Number(index), fireCount: Number(fireCount), tokens: Number(tokens), density: Number(density), mean, max };
  });
}

/** Rows of latents.csv by column. */
function readColumns(folder: string): Record<string, string>[] {
  const [head = [], ...lines] = readFileSync(join(folder, "latents.csv"), "utf8").trim().split("\n").map(cellsOf);
  return lines.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at] ?? ""])));
}

/** A quoted cell may hold commas and doubled quotes. */
function cellsOf(line: string): string[] {
  return Array.from(
    line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g),
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}

function readExamples(folder: string) {
  return readFileSync(join(folder, "examples.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe.runIf(fixturesFolder)("headless collection", references, () => {
  test.each([...tinyDecoders, "phi3-longrope", ...tinyEncoders])("of %s counts, sums and ranks as PyTorch did", async (architecture) => {
    const folder = temporaryFolder();
    const source = join(fixtures, "tiny", architecture);
    const expected = openSafetensors(join(source, "stats.safetensors"));
    const shape = expected.shape("input_ids");
    const input = { shape, data: expected.readInts("input_ids") };
    const attention_mask = { shape, data: expected.readInts("attention_mask") };
    writeSafetensors(join(folder, "rows.safetensors"), { input_ids: input, attention_mask });
    const output = join(folder, "out");
    const words = [
      "--model",
      source,
      "--adapter",
      join(source, "stan-m64-k4"),
      "--input",
      join(folder, "rows.safetensors"),
      "--output",
      output,
    ];
    await stanscopeSucceeds("collect", ...words);

    const latents = readLatents(output);
    const tokens = attention_mask.data.reduce((sum, isReal) => sum + isReal, 0);
    const modules = [...new Set(latents.map(({ module }) => module))];
    const nameOf = (module: string, statistic: string) =>
      expected.names().find((name) => name.includes(module) && name.endsWith(statistic)) ?? "";
    for (const module of modules) {
      const counts = expected.readInts(nameOf(module, "count"));
      const sums = expected.read(nameOf(module, "sum"));
      const maxima = expected.read(nameOf(module, "max"));
      for (const latent of latents.filter((row) => row.module === module)) {
        const at = latent.index;
        expect(latent.fireCount).toBe(counts[at]);
        expect(latent.tokens).toBe(tokens);
        if (latent.fireCount === 0) continue;
        const sum = Number(latent.mean) * latent.fireCount;
        expect(Math.abs(sum - (sums[at] ?? Number.NaN))).toBeLessThan(1e-5 * Math.max(1, Math.abs(sum)));
        // SmolLM3's states reach 17, and in float32 two computations of an activation differ by their rounding.
        expect(Number(latent.max)).toBeCloseTo(maxima[at] ?? Number.NaN, architecture === "smollm3" ? 4 : 5);
      }
    }
    expect(modules).toHaveLength({ gpt2: 2, olmo2: 6, smollm3: 8, gemma2: 6, gemma3_text: 6 }[architecture] ?? 4);

    const examples = readExamples(output);
    const [module = ""] = modules;
    const topIndex = expected.readInts(nameOf(module, "top_index"));
    const topValues = expected.read(nameOf(module, "top_values"));
    const firsts = examples.filter((example) => example.module === module && example.rank === 0);
    expect(firsts.length).toBeGreaterThan(10);
    for (const { index, row, position, activation, tokens: window, peak } of firsts) {
      const [first = 0, second = 0] = topValues.subarray(index * 10, index * 10 + 2);
      expect(activation).toBeCloseTo(first, 5);
      // In the first layer equal tokens have equal activations: there any of them may be named.
      if (first - second > 1e-4) expect(row * (shape[1] ?? 0) + position).toBe(topIndex[index * 10]);
      expect(window[peak]).toBe(input.data[row * (shape[1] ?? 0) + position]);
    }
  });

  test("adds output shares, attributions and samples of every rank", async () => {
    const folder = temporaryFolder();
    const source = join(fixtures, "tiny", "llama");
    const expected = openSafetensors(join(source, "stats.safetensors"));
    const shape = expected.shape("input_ids");
    const tensor = (name: string) => ({ shape, data: expected.readInts(name) });
    const input = join(folder, "rows.safetensors");
    writeSafetensors(input, { input_ids: tensor("input_ids"), attention_mask: tensor("attention_mask") });
    const words = ["collect", "--model", source, "--adapter", join(source, "stan-m64-k4"), "--input", input];
    const [first, again, other] = [join(folder, "first"), join(folder, "again"), join(folder, "other")];
    await stanscopeSucceeds(...words, "--output", first, "--attribution-rows", "1000");
    await stanscopeSucceeds(...words, "--output", again, "--seed", "0");
    await stanscopeSucceeds(...words, "--output", other, "--seed", "7");

    const latents = readColumns(first);
    for (const module of new Set(latents.map((row) => row["module"]))) {
      const shares = latents.filter((row) => row["module"] === module).map((row) => Number(row["outputShare"]));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    }
    for (const row of latents) {
      // Every row is read backward too, so each firing has its attribution.
      expect(row["attributionCount"]).toBe(row["fireCount"]);
      expect(row["attribution"] === "").toBe(row["fireCount"] === "0");
      expect(Number(row["decoderNorm"])).toBeGreaterThan(0);
      expect(row["bornAtStep"]).toBe("");
    }
    expect(latents.filter((row) => Math.abs(Number(row["attribution"])) > 1e-6).length).toBeGreaterThan(latents.length / 2);
    expect(readColumns(again).map((row) => row["attribution"])).toEqual(latents.map(() => ""));

    const bands = readExamples(first).filter(({ band }) => band !== undefined);
    const oneOfEach = new Map(bands.map((line) => [`${line.module} ${line.index} ${line.band[0]}`, line]));
    for (const { module, index, fireCount } of readLatents(first).filter((row) => row.fireCount > 20)) {
      const own = [...oneOfEach.values()].filter((line) => line.module === module && line.index === index);
      expect(own.map(({ band }) => band[0])).toEqual([0, 0.25, 0.5, 0.75, 0.95]);
      expect(own.reduce((sum, { firings }) => sum + firings, 0)).toBe(fireCount);
    }
    for (const { activation, activations, peak, rank } of bands) {
      expect(activations[peak]).toBe(activation);
      expect(rank).toBeUndefined();
    }

    const text = (output: string, name: string) => readFileSync(join(output, name), "utf8");
    expect(text(again, "examples.jsonl")).toBe(text(first, "examples.jsonl"));
    expect(text(other, "examples.jsonl")).not.toBe(text(first, "examples.jsonl"));
    expect(text(other, "latents.csv")).toBe(text(again, "latents.csv"));
  });

  test("reads texts, names their domains, and quotes tokens that hold commas", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "texts.jsonl");
    const texts = ["In the beginning, God created the heaven.", "def f(x, y): return x", "And the earth was without form, and void."];
    const lines = texts.map((text, at) => JSON.stringify({ text, domain: at === 1 ? "python" : "scripture" }));
    writeFileSync(input, lines.join("\n"));
    const config: RunConfigInput = {
      model: "demo/model",
      data: { kind: "dataSet", path: input, mapping: { kind: "text", text: "text", domain: "domain" }, validationRows: 0 },
      adapter: { method: "stan", numLatents: 13, k: 3, targets: { modules: ["v_proj"], layers: [1, 4] } },
      training: { steps: 2, batchRows: 2, learningRate: 1e-3 },
    };
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    await stanscopeSucceeds("train", "--config", join(folder, "config.json"), "--output", join(folder, "run"));
    const output = join(folder, "out");
    await stanscopeSucceeds("collect", "--model", "demo/model", "--adapter", join(folder, "run"), "--input", input, "--output", output);
    const latents = readLatents(output);
    expect(latents).toHaveLength(2 * 13);
    const fired = latents.reduce((sum, { fireCount }) => sum + fireCount, 0);
    expect(fired).toBe(2 * 3 * (latents[0]?.tokens ?? 0));
    expect(readFileSync(join(output, "latents.csv"), "utf8")).toMatch(/,(python|scripture),/);
    for (const row of readColumns(output)) {
      expect(row["bornAtStep"]).toMatch(/^[12]?$/);
      const [low, share, high] = ["selectivityLow", "selectivity", "selectivityHigh"].map((name) => Number(row[name]));
      expect(low).toBeLessThanOrEqual(share ?? Number.NaN);
      expect(high).toBeGreaterThanOrEqual(share ?? Number.NaN);
    }
    const born = readColumns(output).filter((row) => row["bornAtStep"] !== "");
    expect(born.length).toBeGreaterThan(0);
    expect(born.every((row) => /^.+:\d+/.test(row["nextTokens"] ?? "") || row["fireCount"] === "0")).toBe(true);
  });

  test("refuses a file without rows by its name, and writes nothing", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "texts.jsonl");
    writeFileSync(input, "");
    const adapter = join(fixtures, "tiny", "llama", "stan-m64-k4");
    const io = ["--input", input, "--output", join(folder, "out")];
    const { status, errors } = await stanscope("collect", "--model", join(fixtures, "tiny", "llama"), "--adapter", adapter, ...io);
    expect(status).toBe(1);
    expect(errors).toContain(`${input}: has no rows`);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  test("refuses to attribute where the loss counts nothing, and writes nothing", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "rows.safetensors");
    const tensor = (...data: number[]) => ({ shape: [1, data.length], data: Int32Array.from(data) });
    writeSafetensors(input, { input_ids: tensor(1, 2, 3), labels: tensor(-100, -100, -100) });
    const source = join(fixtures, "tiny", "llama");
    const io = ["--input", input, "--output", join(folder, "out"), "--attribution-rows", "1"];
    const { status, errors } = await stanscope("collect", "--model", source, "--adapter", join(source, "stan-m64-k4"), ...io);
    expect(status).toBe(1);
    expect(errors).toContain(`${input}: no token of any row carries loss`);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  test("refuses an adapter of another model, and writes nothing", async () => {
    const folder = temporaryFolder();
    const adapter = join(fixtures, "tiny", "llama", "stan-m64-k4");
    writeFileSync(join(folder, "texts.jsonl"), '{"text": "hello"}');
    const io = ["--input", join(folder, "texts.jsonl"), "--output", join(folder, "out")];
    const { status, errors } = await stanscope("collect", "--model", "demo/model", "--adapter", adapter, ...io);
    expect(status).toBe(1);
    expect(errors).toMatch(/model\.layers\.2\.self_attn\.q_proj/);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});
