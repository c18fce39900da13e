import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { rankingOf } from "@/lib/numbers/metrics/ranking";
import { fitLogistic, logOddsOf } from "@/lib/numbers/statistics/logistic-regression";
import { halvesOf } from "@/server/engine/concepts/concept-halves";
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

/** Cells of lines without quotes. */
function readTable(name: string) {
  const [head = "", ...lines] = readFileSync(at(`out/${name}`), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, column) => [head.split(",")[column] ?? "", cell])));
}

type Pooled = { readonly maximum: Float32Array; readonly mean: Float64Array };

/** Highest and mean activation of each latent in each text, from the activations that `logits` exports, special tokens left out. */
async function exportedActivations(texts: readonly string[]): Promise<Map<string, Pooled[]>> {
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
      const pooled = ids.map((row, text) => {
        const [maximum, mean] = [new Float32Array(512), new Float64Array(512)];
        const counted = row.filter((id) => !special.has(id)).length;
        for (let place = 0; place < row.length; place++) {
          if (special.has(row[place] ?? -1)) continue;
          for (let slot = 0; slot < k; slot++) {
            const entry = (text * width + place) * k + slot;
            const [latent, value] = [indices[entry] ?? 0, values[entry] ?? 0];
            maximum[latent] = Math.max(maximum[latent] ?? 0, value);
            mean[latent] = (mean[latent] ?? 0) + value / counted;
          }
        }
        return { maximum, mean };
      });
      return [module, pooled] as const;
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
    const activations = await exportedActivations([...rivers, ...others]);
    const detections = readTable("detection.csv");
    expect(detections.length).toBe(40);
    for (const { module = "", latent, auroc, averagePrecision } of detections) {
      const scores = Float32Array.from(activations.get(module) ?? [], ({ maximum }) => maximum[Number(latent)] ?? 0);
      const ranking = rankingOf(scores.slice(0, 4), scores.slice(4));
      expect(Number(auroc)).toBeCloseTo(ranking.auroc, 9);
      expect(Number(averagePrecision)).toBeCloseTo(ranking.averagePrecision, 9);
    }
    const [summary] = JSON.parse(readFileSync(at("out/concepts.json"), "utf8"));
    expect(summary).toMatchObject({ concept: "rivers", rows: { positives: 4, negatives: 4, hardNegatives: 1 } });
    expect(summary.modules.length).toBe(2);
    expect(existsSync(at("out/probing.csv"))).toBe(false);
  });

  it("trains sparse probes on the latents whose exported means differ most over the train half, beside dense ones", async () => {
    const printed = await stanscopeSucceeds(...detect("--concepts", at("concepts.jsonl"), "--probe", "--seed", "3"));
    expect(printed.trim().split("\n").at(-1)).toMatch(
      /^accuracy \d\.\d{3} on 1, \d\.\d{3} on 2, \d\.\d{3} on 5, \d\.\d{3} on 20 latents, \d\.\d{3} dense, 0\.500 constant: model\.layers\.\d\S* for rivers$/,
    );
    const lines = readTable("probing.csv");
    expect(lines.map(({ probe, k }) => [probe, k])).toEqual([
      ...["latents", "channels"].flatMap((probe) => ["1", "2", "5", "20"].map((k) => [probe, k])),
      ["dense", "688"],
      ["constant", ""],
    ]);
    const activations = await exportedActivations([...rivers, ...others]);
    const own = activations.get(lines[0]?.["module"] ?? "") ?? [];
    const { selection, report } = halvesOf({ name: "rivers", positives: [0, 1, 2, 3], negatives: [4, 5, 6, 7], hardNegatives: [] }, 3);
    const meanOf = (latent: number, row: number) => own[row]?.mean[latent] ?? 0;
    const difference = (latent: number) => {
      const sum = (rows: readonly number[]) => rows.reduce((total, row) => total + meanOf(latent, row), 0);
      return Math.abs(sum(selection.positives) - sum(selection.negatives));
    };
    const ranked = Array.from({ length: 512 }, (_, latent) => latent).sort((a, b) => difference(b) - difference(a));
    for (const [size, k] of [1, 2, 5].entries()) {
      const chosen = (lines[size]?.["latents"] ?? "").split(" ").map((one) => one.split(":").map(Number));
      expect(chosen.map(([latent]) => latent)).toEqual(ranked.slice(0, k));
      const features = (rows: readonly number[]) => ({
        ...{ rows: rows.length, columns: k },
        values: Float64Array.from(rows.flatMap((row) => ranked.slice(0, k).map((latent) => meanOf(latent, row)))),
      });
      const labels = [true, true, false, false];
      const fit = fitLogistic(features([...selection.positives, ...selection.negatives]), labels);
      chosen.forEach(([, weight], place) => {
        expect(weight).toBeCloseTo(fit.weights[place] ?? Number.NaN, 4);
      });
      const right = logOddsOf(fit, features([...report.positives, ...report.negatives])).filter((one, row) => one > 0 === labels[row]);
      expect(Number(lines[size]?.["accuracy"])).toBe(right.length / 4);
    }
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
