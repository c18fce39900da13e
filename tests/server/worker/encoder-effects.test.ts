import { describe, expect, test } from "vitest";
import { type MeasureEffectsInput, measureEffectsRequest } from "@/lib/contract/effect";
import { type ReadTextInput, type TextAnswer, type TextEvent, textEvent } from "@/lib/contract/read-text";
import { listEffects } from "@/server/db/labels/effects";
import { listCollections, readCollection } from "@/server/db/latents/collections";
import { newId } from "@/server/db/new-id";
import { insertJob, listJobs, readJob } from "@/server/db/work/jobs";
import { listLivingWorkers } from "@/server/db/work/workers";
import { freshDatabase } from "@/tests/support/database";
import { modelsFolder, references } from "@/tests/support/fixtures";
import { queueSmallEncoderRun } from "@/tests/support/small-encoder-run";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { eventually, startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();

async function collected(data: string, task: { kind: "classification" } | { kind: "regression" }, measuredLatents: number) {
  const run = await queueSmallEncoderRun(store, data, { task, collection: { maxTokens: 600, attributionRows: 6, measuredLatents } });
  const id = await eventually("the collection is finished", async () => {
    const [summary] = await listCollections(store.db, run);
    if (summary?.status === "failed") throw new Error(summary.error ?? "failed");
    return summary?.status === "finished" ? summary.id : undefined;
  });
  const collection = await readCollection(store.db, id);
  if (collection === undefined) throw new Error("the collection is gone");
  return { run, collection };
}

async function measured(collectionId: string, request: MeasureEffectsInput) {
  const id = newId();
  const input = { kind: "measureEffects", collectionId, request: measureEffectsRequest.parse(request) } as const;
  await insertJob(store.db, { id, kind: input.kind, title: "test", input, unit: "latents", total: null });
  return eventually("the job ends", async () => {
    const found = await readJob(store.db, id);
    return found?.status === "finished" || found?.status === "failed" ? found : undefined;
  });
}

async function read(runId: string, request: ReadTextInput): Promise<TextEvent[]> {
  const worker = (await listLivingWorkers(store.db)).at(-1);
  const headers = { authorization: `Bearer ${worker?.secret}` };
  const response = await fetch(`${worker?.address}/text`, { method: "POST", headers, body: JSON.stringify({ runId, request }) });
  const lines = (await response.text()).trim().split("\n");
  return lines.map((line) => textEvent.parse(JSON.parse(line)));
}

function tokensOf(events: readonly TextEvent[]) {
  const [first] = events;
  if (first?.kind !== "tokens") throw new Error(JSON.stringify(first));
  return first;
}
function answersOf(events: readonly TextEvent[]) {
  const found = events.find((event) => event.kind === "answers");
  if (found?.kind !== "answers") throw new Error("no answers came");
  return found;
}
const probabilities = (answer: TextAnswer | null | undefined) =>
  answer?.kind === "classes" ? Object.fromEntries(answer.classes.map(({ label, probability }) => [label, probability])) : {};

describe.runIf(modelsFolder)("a worker with a run of an encoder", references, () => {
  test("measures what its latents do to the loss of held-out rows and to each class", async () => {
    const data = temporaryFolder();
    await startWorker(store.url, data);
    const { run, collection } = await collected(data, { kind: "classification" }, 2);
    const first = await eventually("the ordered measurement is done", async () => {
      const job = (await listJobs(store.db)).find(
        ({ kind, status }) => kind === "measureEffects" && status !== "queued" && status !== "running",
      );
      return job;
    });
    expect(first).toMatchObject({ status: "finished", done: 2 });

    const module = collection.modules[3]?.name ?? "";
    const job = await measured(collection.id, { latents: { by: "outputShare", count: 5 }, rows: 40, controls: 3 });
    expect([job.status, job.error]).toEqual(["finished", null]);
    expect(job.message).toBe("Ablated on 12 held-out rows");
    const all = await Promise.all(
      collection.modules.flatMap((_, place) =>
        Array.from({ length: 23 }, (_, index) => listEffects(store.db, collection.id, { module: place, index })),
      ),
    );
    const effects = all.flat().filter(({ controls }) => controls.length === 3);
    expect(effects).toHaveLength(10);
    for (const effect of effects) {
      expect(effect).toMatchObject({ rows: 12, labelTokens: 12, writes: null });
      if (effect.firings === 0) continue;
      if (effect.answer?.kind !== "classes") throw new Error("a classification has classes");
      const [bad, good] = effect.answer.classes;
      expect([bad?.label, good?.label]).toEqual(["bad", "good"]);
      // Two probabilities add up to 1.
      expect((bad?.probability.mean ?? 0) + (good?.probability.mean ?? 1)).toBeCloseTo(0, 6);
    }
    expect(effects.some(({ answer }) => answer?.kind === "classes" && Math.abs(answer.classes[0]?.score.mean ?? 0) > 1e-4)).toBe(true);

    const plain = await read(run, { text: "a lovely film" });
    expect(plain.map(({ kind }) => kind)).toEqual(["tokens", "module", "module", "module", "module", "end"]);
    const { answer, attributedTo, tokens } = tokensOf(plain);
    expect(tokens.map(({ text }) => text).join("")).toBe("[CLS] a lovely film[SEP]");
    const own = probabilities(answer);
    expect(attributedTo).toBe((own["bad"] ?? 0) > (own["good"] ?? 0) ? "bad" : "good");
    expect(plain.every((event) => event.kind !== "module" || event.attributions !== null)).toBe(true);

    const latent = { module, index: 4 };
    const clamp = { operation: "clamp" as const, latent, value: 6 };
    const off = { operation: "adapterOff" as const };
    const compared = answersOf(await read(run, { text: "a lovely film", towards: "bad", edits: [clamp, { ...off, isOn: false }] }));
    // Of 48 rows to train on.
    const share = probabilities(compared.constant)["good"] ?? 0;
    expect(Math.abs(share - 1 / 3)).toBeLessThan(0.05);
    expect(Math.abs(share * 48 - Math.round(share * 48))).toBeLessThan(1e-6);
    expect(compared.adapter).toEqual(answer);
    expect(compared.edited).not.toEqual(answer);
    expect(compared.alone).toEqual([{ edit: 0, answer: compared.edited }]);
    expect(compared.injectedNorms).toHaveLength(tokens.length);
    expect(compared.injectedNorms.every((norm) => norm > 0)).toBe(true);
    const both = answersOf(await read(run, { text: "a lovely film", attribution: false, edits: [clamp, off] }));
    expect(both.edited).toEqual(both.base);
    expect(both.alone.map(({ edit }) => edit)).toEqual([0, 1]);
    expect(both.alone.map((one) => one.answer)).toEqual([compared.edited, compared.base]);
    const none = answersOf(await read(run, { text: "a lovely film", edits: [] }));
    expect([none.edited, none.alone]).toEqual([answer, []]);

    const dose = { latent, operation: "clamp" as const, values: [6, 0, 3], controls: 2 };
    const doses = (await read(run, { text: "a lovely film", attribution: false, dose })).filter((event) => event.kind === "dose");
    const [drawn] = doses;
    if (doses.length !== 1 || drawn?.kind !== "dose") throw new Error("one dose was asked for");
    expect(drawn.points.map(({ value }) => value)).toEqual([0, 3, 6]);
    const near = (one: TextAnswer | undefined, other: TextAnswer | undefined) =>
      expect(probabilities(one)["good"]).toBeCloseTo(probabilities(other)["good"] ?? Number.NaN, 5);
    near(drawn.points[2]?.answer, compared.edited);
    near(drawn.adapter, answer);
    near(drawn.base, compared.base);
    expect(drawn.controls).toHaveLength(2);
    for (const control of drawn.controls) {
      expect(control.index).not.toBe(latent.index);
      expect(control.factor).toBeGreaterThan(0);
      const scaled = { ...clamp, latent: { module, index: control.index }, value: 6 * control.factor };
      near(control.points[2]?.answer, answersOf(await read(run, { text: "a lovely film", edits: [scaled] })).edited);
    }

    const pair = tokensOf(await read(run, { text: "a lovely film", second: "what a bore" }));
    expect(pair.tokens.map(({ text }) => text).join("")).toBe("[CLS] a lovely film[SEP] what a bore[SEP]");
    const [refused] = await read(run, { text: "a lovely film", towards: "middling" });
    expect(refused).toEqual({ kind: "error", message: 'The head has no class "middling" to attribute to; it has bad, good.' });
  });

  test("tells of a regression the number, its squared error and the mean of the rows it trained on", async () => {
    const data = temporaryFolder();
    await startWorker(store.url, data);
    const { run, collection } = await collected(data, { kind: "regression" }, 0);
    const latent = { module: collection.modules[2]?.name ?? "", index: 1 };
    const job = await measured(collection.id, { latents: { by: "attribution", count: 3 }, operations: ["ablatePost"], controls: 0 });
    expect([job.status, job.error]).toEqual(["finished", null]);
    const events = await read(run, { text: "a dull film", edits: [{ operation: "clamp", latent, value: 3 }] });
    const tokens = tokensOf(events);
    expect(tokens.answer?.kind).toBe("number");
    expect(tokens.attributedTo).toBeUndefined();
    const compared = answersOf(events);
    expect(compared.constant?.kind === "number" && Math.abs(compared.constant.value) < 0.1).toBe(true);
    expect(compared.edited).not.toEqual(compared.adapter);
  });
});
