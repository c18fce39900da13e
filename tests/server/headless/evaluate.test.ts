import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunConfigInput } from "@/lib/contract/run-config";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { fixturesFolder, references } from "@/tests/support/fixtures";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layTinyAdapter } from "@/tests/support/tiny-training";

const source = join(fixturesFolder ?? "", "tiny", "llama");
const rows = [
  [5, 6, 7, 8, 9],
  [11, 3, 2, 40, 41],
];

/** Two rows of five tokens; the second has labels on its last two alone. */
function layRows(folder: string): string {
  const path = join(folder, "rows.safetensors");
  const labels = [...(rows[0] ?? []), -100, -100, -100, 40, 41];
  const tensor = (values: number[]) => ({ shape: [2, 5], data: Int32Array.from(values) });
  writeSafetensors(path, { input_ids: tensor(rows.flat()), labels: tensor(labels) });
  return path;
}

describe.runIf(fixturesFolder)("headless evaluation", references, () => {
  test("gives the losses and the most probable tokens that the logits of the same rows have", async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    layTinyAdapter(source, "stan", "edge.stan", at("adapter"));
    writeFileSync(at("ids.json"), JSON.stringify({ input_ids: rows }));
    const model = ["--model", source];
    const adapter = ["--adapter", at("adapter")];
    await stanscopeSucceeds("logits", ...model, "--input", at("ids.json"), "--output", at("base.safetensors"));
    await stanscopeSucceeds("logits", ...model, ...adapter, "--input", at("ids.json"), "--output", at("adapter.safetensors"));
    await stanscopeSucceeds("evaluate", ...model, ...adapter, "--input", layRows(folder), "--output", at("losses.json"));
    const result = JSON.parse(readFileSync(at("losses.json"), "utf8"));
    expect(Object.keys(result)).toEqual(["labelTokens", "base", "adapter", "rows"]);
    expect(result.labelTokens).toBe(6);
    for (const arm of ["base", "adapter"]) {
      const file = openSafetensors(at(`${arm}.safetensors`));
      const [, tokens = 0, vocab = 0] = file.shape("logits");
      const logits = file.read("logits");
      const places = [
        [1, 2, 3, 4],
        [3, 4],
      ];
      places.forEach((labelled, row) => {
        const read = labelled.map((position) => {
          const begin = (row * tokens + position - 1) * vocab;
          const own = Array.from(logits.subarray(begin, begin + vocab));
          const label = rows[row]?.[position] ?? 0;
          const logit = own[label] ?? Number.NaN;
          return { loss: Math.log(own.reduce((sum, value) => sum + Math.exp(value), 0)) - logit, isBest: Math.max(...own) === logit };
        });
        const found = result.rows[row];
        expect([found.row, found.labelTokens]).toEqual([row, labelled.length]);
        expect(found[arm].loss).toBeCloseTo(read.reduce((sum, { loss }) => sum + loss, 0) / read.length, 5);
        expect(found[arm].correct).toBe(read.filter(({ isBest }) => isBest).length);
      });
      file.close();
    }
    expect(result.adapter.loss).not.toBeCloseTo(result.base.loss, 5);
  });

  test("compares edits with the adapter, from a bare list and from a file of edits", async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    const edits = [{ operation: "adapterOff", scope: "generated" }];
    writeFileSync(at("list.json"), JSON.stringify(edits));
    writeFileSync(at("file.json"), JSON.stringify({ format: "stanscope-edits", version: 1, name: "off", edits }));
    const words = ["--model", source, "--adapter", join(source, "stan-m64-k4"), "--input", layRows(folder)];
    const results = [];
    for (const name of ["list", "file"]) {
      await stanscopeSucceeds("evaluate", ...words, "--edits", at(`${name}.json`), "--output", at(`${name}-losses.json`));
      results.push(JSON.parse(readFileSync(at(`${name}-losses.json`), "utf8")));
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[0].edited).toEqual(results[0].base);
    expect(results[0].change.mean).not.toBe(0);
    expect(results[0].flips).toEqual({ toRight: expect.any(Number), toWrong: expect.any(Number) });
  });

  test("reads texts with their domains, up to the requested number of rows", async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    const texts = ["In the beginning, God created the heaven.", "def f(x): return x", "And the earth was without form, and void."];
    const lines = texts.map((text, row) => JSON.stringify({ text, domain: row === 1 ? "python" : "scripture" }));
    writeFileSync(at("texts.jsonl"), lines.join("\n"));
    const config: RunConfigInput = {
      model: "demo/model",
      data: { kind: "dataSet", path: at("texts.jsonl"), mapping: { kind: "text", text: "text", domain: "domain" }, validationRows: 0 },
      adapter: { method: "stan", numLatents: 13, k: 3, targets: { modules: ["v_proj"], layers: [1, 4] } },
      training: { steps: 2, batchRows: 2, learningRate: 1e-3 },
    };
    writeFileSync(at("config.json"), JSON.stringify(config));
    writeFileSync(at("edits.json"), JSON.stringify([{ operation: "moduleOff", module: "model.layers.1.self_attn.v_proj" }]));
    await stanscopeSucceeds("train", "--config", at("config.json"), "--output", at("run"));
    const words = ["--model", "demo/model", "--adapter", at("run"), "--input", at("texts.jsonl"), "--edits", at("edits.json")];
    const read = async (...more: string[]) => {
      await stanscopeSucceeds("evaluate", ...words, "--output", at("out.json"), ...more);
      return JSON.parse(readFileSync(at("out.json"), "utf8"));
    };
    const whole = await read();
    expect(whole.rows.map(({ row, domain }: { row: number; domain: string }) => [row, domain])).toEqual([
      [0, "scripture"],
      [1, "python"],
      [2, "scripture"],
    ]);
    expect(whole.rows[1].text).toContain("(x): return x");
    expect(whole.byDomain.map(({ domain }: { domain: string }) => domain)).toEqual(["python", "scripture"]);
    const short = await read("--max-rows", "2", "--max-length", "5");
    expect(short.rows).toHaveLength(2);
    expect(short.labelTokens).toBe(8);
  });

  test("refuses rows without a label and edits that are none, and writes nothing", async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    const bare = (...data: number[]) => ({ shape: [1, data.length], data: Int32Array.from(data) });
    writeSafetensors(at("bare.safetensors"), { input_ids: bare(1, 2, 3), labels: bare(-100, -100, -100) });
    writeFileSync(at("edits.json"), '[{"operation": "boost"}]');
    const words = ["evaluate", "--model", source, "--adapter", join(source, "stan-m64-k4"), "--output", at("out.json"), "--input"];
    expect((await stanscope(...words, at("bare.safetensors"))).errors).toContain("no token of any row carries loss");
    const { status, errors } = await stanscope(...words, layRows(folder), "--edits", at("edits.json"));
    expect([status, errors.includes(at("edits.json"))]).toEqual([1, true]);
    expect((await stanscope("evaluate", "--model", source)).status).toBe(2);
    expect(existsSync(at("out.json"))).toBe(false);
  });
});
