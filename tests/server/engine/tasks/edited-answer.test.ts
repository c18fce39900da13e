import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Edit, editList } from "@/lib/contract/edit";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks, armHooks } from "@/server/engine/adapters/arms";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { Classifier } from "@/server/engine/tasks/answers/effects/classifier";
import { baseScores, editedAnswer, editedScores } from "@/server/engine/tasks/answers/effects/edited-answer";
import { readWhole, type WholeInput } from "@/server/engine/tasks/answers/effects/read-whole";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { softmaxRows } from "@/server/engine/tensor/plain-softmax";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { finish } from "@/tests/server/engine/effects/toy-adapters";
import { largestDifference } from "@/tests/server/engine/tiny";
import { ENCODERS, tinyEncoderBatch } from "@/tests/server/engine/tiny-encoder";
import { openTrainedTinyEncoder, regressionOf, type TrainedTinyEncoder } from "@/tests/server/engine/trained-tiny-encoder";
import { fixturesFolder, references } from "@/tests/support/fixtures";

type Golden = {
  readonly scores: number[][];
  readonly edits: { readonly edits: unknown; readonly scores: number[][] }[];
  readonly first: { length: number; scores: number[]; class: number; attributions: Record<string, number[]> };
};
/** Computed by PyTorch in float64; `make.py` beside it tells how. */
const golden = JSON.parse(readFileSync("tests/golden/encoder-edits/expected.json", "utf8")) as Record<string, Golden>;

/** The first row of the first batch, without its padding. */
type WholeText = Exclude<WholeInput, { readonly ids?: undefined }>;

function firstText({ tiny }: TrainedTinyEncoder, length: number): WholeText {
  return { ids: tinyEncoderBatch(tiny, 0).ids.slice(0, length), tokenTypeIds: new Int32Array(length) };
}

const isSpecial = (id: number) => id < 4;

describe.runIf(fixturesFolder).each(ENCODERS)("answers of %s under edits", references, (architecture) => {
  const expected = golden[architecture] as Golden;
  let trained: TrainedTinyEncoder;
  let adapter: Adapter;
  let classifier: Classifier;
  let text: WholeText;
  beforeAll(async () => {
    await startEngine();
    trained = openTrainedTinyEncoder(fixturesFolder ?? "", architecture);
    ({ adapter, classifier } = trained);
    text = firstText(trained, expected.first.length);
  });
  afterAll(() => {
    trained.free();
    expect(liveTensors()).toBe(0);
  });

  const scoresOf = (hooks: ProjectionHooks | undefined, rows = tinyEncoderBatch(trained.tiny, 0)) =>
    tidy(() => readFloats(classifier.model.scores(rows, hooks, classifier.head())));
  const answer = (edits: readonly Edit[]) => editedAnswer(classifier, adapter, text, { edits, isSpecial });
  const places = { isOn: true, scope: "all" } as const;
  const latent = (place: number, index: number) => ({ module: adapter.modules[place]?.module ?? "", index });

  it("are those that PyTorch computes in float64, for every operation, scope and condition", () => {
    expect(expected.edits).toHaveLength(14);
    for (const { edits, scores } of expected.edits) {
      const found = scoresOf(adapterHooks(adapter, { edits: editList.parse(edits) }));
      expect(largestDifference(found, scores.flat())).toBeLessThan(5e-6);
    }
    expect(largestDifference(scoresOf(adapterHooks(adapter)), expected.scores.flat())).toBeLessThan(5e-6);
  });

  it("are of a latent clamped to 0 those of its ablation, to the last bit", () => {
    let changed = 0;
    for (let index = 0; index < 64; index++) {
      const ablated = answer([{ operation: "ablatePost", latent: latent(1, index), ...places }]);
      const clamped = answer([{ operation: "clamp", value: 0, latent: latent(1, index), ...places }]);
      expect(clamped).toEqual(ablated);
      if (ablated.injectedNorms.some((norm) => norm > 0)) changed++;
    }
    expect(changed).toBeGreaterThan(5);
  });

  it("are the adapter's to the last bit where no edit reaches a token, and tell no injected norm", () => {
    const plain = readWhole(classifier, adapter, text, "nothing").scores;
    const reachNone: readonly Edit[] = [
      { operation: "clamp", value: 9, latent: latent(0, 3), isOn: false, scope: "all" },
      { operation: "clamp", value: 9, latent: latent(0, 3), isOn: true, scope: "generated" },
      { operation: "scale", value: 5, latent: latent(2, 3), isOn: true, scope: { from: 40, to: 50 } },
      { operation: "clamp", value: 9, latent: latent(3, 3), ...places, onlyIf: { latent: latent(0, 1), above: 1e9 } },
      { operation: "moduleOff", module: latent(1, 0).module, isOn: true, scope: "generated" },
    ];
    for (const edits of [[], ...reachNone.map((edit) => [edit]), reachNone]) {
      const { scores, injectedNorms } = answer(edits);
      expect(scores).toEqual(plain);
      expect(injectedNorms).toEqual(new Float32Array(text.ids.length));
    }
  });

  it("are those of the base model to the last bit with the adapter off, relative positions and all", () => {
    expect(answer([{ operation: "adapterOff", ...places }]).scores).toEqual(baseScores(classifier, text));
    const each = adapter.modules.map(({ module }): Edit => ({ operation: "moduleOff", module, ...places }));
    expect(answer(each).scores).toEqual(baseScores(classifier, text));
  });

  it("leave special tokens alone where they are to, and tell the injected norm token by token", () => {
    const edit = { operation: "clamp", value: 9, latent: latent(0, 3) } as const;
    const all = answer([{ ...edit, ...places }]).injectedNorms;
    const some = answer([{ ...edit, ...places, skipsSpecialTokens: true }]).injectedNorms;
    const range = answer([{ ...edit, isOn: true, scope: { from: 2, to: 4 } }]).injectedNorms;
    expect(all.every((norm) => norm > 0)).toBe(true);
    text.ids.forEach((id, at) => {
      expect((some[at] ?? 0) > 0).toBe(!isSpecial(id));
      expect((range[at] ?? 0) > 0).toBe(at >= 2 && at <= 4);
    });
  });

  it("come row by row from one pass of several edits, if these need the same relative positions", () => {
    const lists = expected.edits.slice(0, 4).map(({ edits }) => editList.parse(edits));
    const rows = tinyEncoderBatch(trained.tiny, 0);
    const together = scoresOf(armHooks(lists.map((edits) => ({ adapter, edits }))));
    expect(rows.rows).toBe(lists.length);
    lists.forEach((_, row) => {
      const own = expected.edits[row]?.scores[row] ?? [];
      expect(largestDifference(together.subarray(3 * row, 3 * row + 3), own)).toBeLessThan(5e-6);
    });
    const mixed = () => scoresOf(armHooks([{ adapter }, {}, { adapter }, { adapter }]));
    if (architecture === "deberta-v2") expect(mixed).toThrow("need separate passes");
    else expect(largestDifference(mixed().subarray(0, 3), expected.scores[0] ?? [])).toBeLessThan(5e-6);
  });

  it("are the same one by one and many at once, however many share a pass", () => {
    const lists = [[], ...expected.edits.map(({ edits }) => editList.parse(edits))];
    for (const batchTokens of [25, 2048]) {
      const { progress, result } = finish(editedScores(classifier, adapter, text, lists.slice(0, 9), { isSpecial, batchTokens }));
      expect(progress.at(-1)).toBe(9);
      expect(progress).toHaveLength(batchTokens === 25 ? 5 : 1);
      result.forEach((scores, place) => {
        expect(largestDifference(scores, answer(lists[place] ?? []).scores)).toBeLessThan(1e-5);
      });
    }
  });
});

describe.runIf(fixturesFolder).each(ENCODERS)("a text that %s reads whole", references, (architecture) => {
  const expected = golden[architecture] as Golden;
  let trained: TrainedTinyEncoder;
  let adapter: Adapter;
  let classifier: Classifier;
  let text: WholeText;
  beforeAll(async () => {
    await startEngine();
    trained = openTrainedTinyEncoder(fixturesFolder ?? "", architecture);
    ({ adapter, classifier } = trained);
    text = firstText(trained, expected.first.length);
  });
  afterAll(() => {
    trained.free();
    expect(liveTensors()).toBe(0);
  });

  /** Of each latent of a module, the sum over the tokens. */
  const byLatent = (read: ReturnType<typeof readWhole>, module: string) => {
    const sums = new Float64Array(64);
    const own = read.modules.find((one) => one.module.module === module);
    own?.indices.forEach((index, at) => {
      sums[index] = (sums[index] ?? 0) + (own.attributions?.[at] ?? Number.NaN);
    });
    return sums;
  };

  it("attributes the loss of a class to latents as PyTorch's gradients in float64 do", () => {
    const read = readWhole(classifier, adapter, text, expected.first.class);
    expect(read.attributedTo).toBe(1);
    expect(largestDifference(read.scores, expected.first.scores)).toBeLessThan(5e-6);
    const modules = Object.entries(expected.first.attributions);
    expect(modules.map(([module]) => module).sort()).toEqual(read.modules.map(({ module }) => module.module).sort());
    for (const [module, attributions] of modules) expect(largestDifference(byLatent(read, module), attributions)).toBeLessThan(2e-6);
  });

  it("attributes the most probable class by default, and nothing if attribution is not requested", () => {
    const best = expected.first.scores.indexOf(Math.max(...expected.first.scores));
    const read = readWhole(classifier, adapter, text, "mostProbable");
    expect(read.attributedTo).toBe(best);
    expect(read).toEqual(readWhole(classifier, adapter, text, best));
    const none = readWhole(classifier, adapter, text, "nothing");
    expect(none.attributedTo).toBeUndefined();
    expect(none.modules.every(({ attributions }) => attributions === undefined)).toBe(true);
    expect(none.scores).toEqual(read.scores);
    for (const outside of [-1, 3]) expect(() => readWhole(classifier, adapter, text, outside)).toThrow(`class ${outside} is not in 0…2`);
  });

  it("attributes a class's loss by the slope that scaling a latent has", () => {
    const read = readWhole(classifier, adapter, text, 0);
    const module = adapter.modules[2]?.module ?? "";
    const sums = byLatent(read, module);
    const index = sums.reduce((best, sum, at) => (Math.abs(sum) > Math.abs(sums[best] ?? 0) ? at : best), 0);
    const lossAt = (value: number) => {
      const edits: Edit[] = [{ operation: "scale", value, latent: { module, index }, isOn: true, scope: "all" }];
      const { scores } = editedAnswer(classifier, adapter, text, { edits, isSpecial });
      return -Math.log(softmaxRows(scores, 3)[0] ?? 0);
    };
    const slope = (lossAt(1.2) - lossAt(0.8)) / 0.4;
    expect(Math.abs(slope)).toBeGreaterThan(1e-3);
    expect(Math.abs((sums[index] ?? 0) + slope)).toBeLessThan(0.03 * Math.abs(slope) + 1e-5);
  });

  it("attributes a regression's number itself, which has no class", () => {
    const { regression, free: freeHead } = regressionOf(trained);
    const read = readWhole(regression, adapter, text, "mostProbable");
    expect(read.attributedTo).toBeUndefined();
    expect(read.scores).toHaveLength(1);
    expect(read.scores[0]).toBeCloseTo(expected.first.scores[0] ?? Number.NaN, 5);
    const module = adapter.modules[3]?.module ?? "";
    const sums = byLatent(read, module);
    const index = sums.reduce((best, sum, at) => (Math.abs(sum) > Math.abs(sums[best] ?? 0) ? at : best), 0);
    const numberAt = (value: number) => {
      const edits: Edit[] = [{ operation: "scale", value, latent: { module, index }, isOn: true, scope: "all" }];
      return editedAnswer(regression, adapter, text, { edits, isSpecial }).scores[0] ?? Number.NaN;
    };
    const slope = (numberAt(1.2) - numberAt(0.8)) / 0.4;
    expect(Math.abs(slope)).toBeGreaterThan(1e-3);
    expect(Math.abs((sums[index] ?? 0) + slope)).toBeLessThan(0.03 * Math.abs(slope) + 1e-5);
    expect(() => readWhole(regression, adapter, text, 0)).toThrow("it has no class to attribute to");
    freeHead();
  });
});
