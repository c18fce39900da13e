import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { rankingOf } from "@/lib/numbers/metrics/ranking";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const model = "demo/model";
const adapter = "demo/sample/adapter";
let folder: string;
const at = (name: string) => join(folder, name);

const rivers = [
  "The Danube runs to the Black Sea.<|endoftext|>",
  "They rowed down the Rhine.",
  "<|endoftext|>A barge on the Elbe.",
  "The Nile is long.",
];
const others = ["He paid the fine.", "Bread is baked at night.", "She read the paper by the window.", "A chord has three notes."];

function layConcepts(): void {
  const rows = [
    ...rivers.map((text) => ({ text, concept: "rivers", category: "positive" })),
    ...others.map((text) => ({ text, concept: "rivers", category: "negative" })),
    { text: "A river of people came down the hill.", concept: "rivers", category: "hard negative" },
  ];
  writeFileSync(at("concepts.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/** Cells of a line without quotes. */
function readDetections() {
  const [head = "", ...lines] = readFileSync(at("out/detection.csv"), "utf8").trim().split("\n");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, column) => [head.split(",")[column] ?? "", cell])));
}

/** Highest activation of each latent in each text, from the activations that `logits` exports, special tokens left out. */
async function exportedMaxima(texts: readonly string[]): Promise<Map<string, Float32Array[]>> {
  writeFileSync(at("strings.json"), JSON.stringify(texts));
  await stanscopeSucceeds("tokenize", "--model", model, "--input", at("strings.json"), "--output", at("ids.json"));
  const ids: number[][] = JSON.parse(readFileSync(at("ids.json"), "utf8"));
  const width = Math.max(...ids.map(({ length }) => length));
  const padded = (row: readonly number[], value: (id: number) => number) =>
    Array.from({ length: width }, (_, place) => value(row[place] ?? -1));
  const input = {
    input_ids: ids.map((row) => padded(row, (id) => Math.max(id, 0))),
    attention_mask: ids.map((row) => padded(row, (id) => (id < 0 ? 0 : 1))),
  };
  writeFileSync(at("input.json"), JSON.stringify(input));
  await stanscopeSucceeds(
    ...["logits", "--model", model, "--adapter", adapter, "--input", at("input.json"), "--output", at("logits.safetensors")],
    "--activations",
  );
  const special = specialIds();
  const file = openSafetensors(at("logits.safetensors"));
  const modules = file.names().flatMap((name) => /^activations\.(.*)\.indices$/.exec(name)?.[1] ?? []);
  return new Map(
    modules.map((module) => {
      const [indices, values] = [file.readInts(`activations.${module}.indices`), file.read(`activations.${module}.values`)];
      const k = indices.length / (ids.length * width);
      const maxima = ids.map((row, text) => {
        const own = new Float32Array(512);
        for (let place = 0; place < row.length; place++) {
          if (special.has(row[place] ?? -1)) continue;
          for (let slot = 0; slot < k; slot++) {
            const entry = (text * width + place) * k + slot;
            own[indices[entry] ?? 0] = Math.max(own[indices[entry] ?? 0] ?? 0, values[entry] ?? 0);
          }
        }
        return own;
      });
      return [module, maxima] as const;
    }),
  );
}

function specialIds(): ReadonlySet<number> {
  const { added_tokens }: { added_tokens: { id: number; special: boolean }[] } = JSON.parse(
    readFileSync(`${model}/tokenizer.json`, "utf8"),
  );
  return new Set(added_tokens.filter(({ special }) => special).map(({ id }) => id));
}

const detect = (...more: string[]) => ["detect", "--model", model, "--adapter", adapter, "--output", at("out"), ...more];

describe("Headless detection of concepts", () => {
  beforeEach(() => {
    folder = temporaryFolder();
    layConcepts();
  });

  it("writes the AUROC and average precision that the exported activations give", async () => {
    const printed = await stanscopeSucceeds(...detect("--concepts", at("concepts.jsonl"), "--top", "40"));
    expect(printed).toMatch(
      /^AUROC \d\.\d{3} \[\d\.\d{3}, \d\.\d{3}\] \(\d\.\d{3} on the half that chose it\): model\.layers\.\d\S* #\d+ for rivers\n$/,
    );
    const maxima = await exportedMaxima([...rivers, ...others]);
    const detections = readDetections();
    expect(detections.length).toBe(40);
    for (const { module = "", latent, auroc, averagePrecision } of detections) {
      const scores = Float32Array.from(maxima.get(module) ?? [], (own) => own[Number(latent)] ?? 0);
      const ranking = rankingOf(scores.slice(0, 4), scores.slice(4));
      expect(Number(auroc)).toBeCloseTo(ranking.auroc, 9);
      expect(Number(averagePrecision)).toBeCloseTo(ranking.averagePrecision, 9);
    }
    const [summary] = JSON.parse(readFileSync(at("out/concepts.json"), "utf8"));
    expect(summary).toMatchObject({ concept: "rivers", rows: { positives: 4, negatives: 4, hardNegatives: 1 } });
    expect(summary.modules.length).toBe(2);
  });

  it("opens a table in AxBench's layout", async () => {
    const printed = await stanscopeSucceeds(...detect("--concepts", "tests/golden/concepts/axbench-layout.parquet"));
    expect(printed.trim().split("\n")).toEqual([
      expect.stringMatching(/ for names of rivers$/),
      expect.stringMatching(/ for sums of money$/),
    ]);
  });

  it("says which columns it looks for", async () => {
    writeFileSync(at("plain.jsonl"), `${JSON.stringify({ text: "a", topic: "b" })}\n`);
    const { status, errors } = await stanscope(...detect("--concepts", at("plain.jsonl")));
    expect(status).toBe(1);
    expect(errors).toContain("has no columns that name concepts; expected concept and category");
  });
});
