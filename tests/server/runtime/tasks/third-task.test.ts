import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TextEvent } from "@/lib/contract/read-text";
import { type RunConfig, type RunConfigInput, runConfig } from "@/lib/contract/run-config";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { constantAnswers, measureAnswers } from "@/server/engine/benchmarks/measure-answers";
import { createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { wholly } from "@/server/engine/tensor/in-parts";
import { liveTensors } from "@/server/engine/tensor/scope";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { Trainer } from "@/server/engine/training/trainer";
import { writeLabelNames } from "@/server/files/adapters/label-names";
import { idsOnlyTokenizer } from "@/server/runtime/models/ids-only-tokenizer";
import type { EncoderBase } from "@/server/runtime/models/load-base-model";
import type { LoadedHead } from "@/server/runtime/models/loaded-top";
import { createRuntime } from "@/server/runtime/runtime";
import { answersRuntime } from "@/server/runtime/tasks/answers/answers-runtime";
import type { LatentModel } from "@/server/runtime/tasks/latent-rows";
import { loadToyEncoder } from "@/tests/server/engine/toy-encoder";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { learnLabelSets, type MultiLabelSettings } from "./multi-label-task";

const labels = ["red", "round", "ripe"];
const settings: MultiLabelSettings = { kind: "multiLabel", labels };
/** A row has a class where it has the class's word. */
const wordOf: Readonly<Record<string, number>> = { red: 5, round: 9, ripe: 14 };

/** Words are their ids: "w7 w12". */
const tokenizer: Tokenizer = {
  ...idsOnlyTokenizer(23),
  encode: (text) => text.split(" ").map((word) => Number(word.slice(1))),
  decode: (ids) => ids.map((id) => `w${id}`).join(" "),
  tokenText: (id) => `w${id}`,
  rowTemplate: { single: [{ kind: "text", which: "first", typeId: 0 }], pair: [] },
};

/** Seven of the eight sets of classes, one after the other. */
function rowOf(row: number): { text: string; label: string } {
  const own = labels.filter((_, at) => ((row % 7) >> at) % 2 === 1);
  const words = [2, ...own.map((label) => wordOf[label] ?? 0), 18];
  return { text: words.map((word) => `w${word}`).join(" "), label: own.join("+") || "none" };
}

describe("a third task that a head answers, in its own files alone", () => {
  const task = answersRuntime(learnLabelSets);
  const runtime = createRuntime(() => performance.now());
  const { signal } = new AbortController();
  let base: EncoderBase;

  beforeAll(async () => {
    await startEngine();
    base = { kind: "encoder", path: "toy", model: loadToyEncoder("bert"), parameters: 0, tokenizer };
  });
  afterAll(() => {
    base.model.free();
    expect(liveTensors()).toBe(0);
  });

  function layTraining(folder: string): RunConfig {
    const path = join(folder, "rows.jsonl");
    writeFileSync(path, Array.from({ length: 64 }, (_, row) => JSON.stringify(rowOf(row))).join("\n"));
    writeLabelNames(folder, labels, "multi_label_classification");
    return runConfig.parse({
      model: "toy",
      data: { kind: "dataSet", path, mapping: { kind: "labelled", text: "text", label: "label" }, validationRows: 8 },
      adapter: { method: "stan", numLatents: 7, k: 3, init: "small", targets: { modules: ["query", "value"] } },
      training: { steps: 80, batchRows: 6, maxTokens: 12, learningRate: 3e-2, schedule: "constant" },
    } satisfies RunConfigInput);
  }

  it("goes from rows through training and evaluation to answers, effects and a benchmark", async () => {
    const folder = temporaryFolder();
    const config = layTraining(folder);
    const options = { config, about: { baseModel: "toy", revision: null }, turns: runtime.turns, signal };
    const prepared = await task.prepare(options, settings, base);
    expect(prepared).toMatchObject({ trainRows: 56, heldOutRows: 8 });
    const { trained, head, objective, evaluation, labels: learned, free } = prepared.start(null);
    if (trained?.adapter === undefined || head === undefined) throw new Error("nothing is trained");
    expect(learned).toEqual(labels);

    const trainer = new Trainer(objective, config.training);
    const losses = Array.from({ length: 80 }, () => trainer.takeStep().loss);
    expect(losses.at(-1)).toBeLessThan(0.2 * (losses[0] ?? 0));
    const { metrics: measured } = await evaluation.measure(80, signal);
    expect(measured.loss).toBeLessThan(0.3 * measured.baseLoss);
    expect(measured.answers).toMatchObject([{ name: "accuracy", value: 1 }]);

    const scoring = createClassificationModel(base.model, labels.length);
    const classifier: LoadedHead = { kind: "classification", task: learnLabelSets.task, model: scoring, head };
    const model: LatentModel = { base, trained, adapter: trained.adapter, classifier, folder };
    const request = { text: "w2 w5 w14 w18", useChatTemplate: false, attribution: true, edits: [] };
    const events: TextEvent[] = [];
    const reading = task.readText(
      {
        runtime,
        modelPath: "toy",
        precision: "exact",
        adapterFolder: folder,
        request,
        constantAnswer: async () => null,
        doseControls: async () => [],
        signal,
        now: () => 0,
      },
      model,
    );
    for await (const event of reading) events.push(event);
    const [tokens, compared] = events;
    if (tokens?.kind !== "tokens" || tokens.answer?.kind !== "classes") throw new Error("no answer");
    expect(tokens.answer.classes.filter(({ probability }) => probability > 0.5).map(({ label }) => label)).toEqual(["red", "ripe"]);
    expect(compared).toMatchObject({ kind: "answers", adapter: tokens.answer, edited: tokens.answer });

    const source = {
      data: config.data,
      maxTokens: 12,
      count: 12,
      signal,
      isTrainedHere: true,
      runName: "toy",
      ofCollection: async () => [],
    };
    const rows = await task.heldOutRows(model, source);
    expect(rows.count).toBe(8);
    expect([...wholly(rows.attribute()).keys()]).toHaveLength(4);
    const [module] = trained.adapter.modules;
    const targets = Array.from({ length: 7 }, (_, index) => ({ latent: { module: module?.module ?? "", index }, controls: [] }));
    const effects = [...rows.ablate(targets, { operations: ["ablatePost"] })].flatMap((event) =>
      event?.kind === "measured" ? event.effects : [],
    );
    expect(effects).toHaveLength(7);
    expect(effects.find(({ answer }) => answer != null)?.answer).toMatchObject({
      kind: "classes",
      classes: labels.map((label) => ({ label })),
    });

    const scorer = () => ({ model: scoring, hooks: adapterHooks(trained), head: head.read() });
    const right = Array.from({ length: 7 }, (_, row) => rowOf(row));
    const asked = right.map(({ text, label }) => ({
      ids: Int32Array.from(tokenizer.encode(text, { addSpecialTokens: false })),
      answer: learnLabelSets.task.reader(labels)(label),
    }));
    const read = wholly(measureAnswers(scorer, { task: learnLabelSets.task, rows: asked, labels }));
    expect(read.answers?.texts).toEqual(right.map(({ label }) => label));
    expect([...(read.answers?.right ?? [])]).toEqual(new Array(7).fill(1));
    const constant = constantAnswers({ task: learnLabelSets.task, targets: asked.map(({ answer }) => answer), labels });
    // Each class is in three of the seven.
    expect(constant.answers?.texts).toEqual(new Array(7).fill("none"));
    expect(constant.lossSums[0]).toBeCloseTo(-3 * Math.log(4 / 7), 9);

    trainer.free();
    free();
  });
});
