import { describe, expect, it } from "vitest";
import { measureEffectsRequest } from "@/lib/contract/effect";
import { type ReadTextInput, readTextRequest, type TextEvent } from "@/lib/contract/read-text";
import { collectionSettings } from "@/lib/contract/run-config";
import { createCollection } from "@/server/db/latents/collections";
import { newId } from "@/server/db/new-id";
import { insertRun, setRunStatus } from "@/server/db/runs/runs";
import { saveLabel } from "@/server/services/labels/save-label";
import { measureEffects } from "@/server/services/work/measure-effects";
import { readText } from "@/server/services/work/read-text";
import { freshContext } from "@/tests/support/service-context";
import { storeAdapter, storedModules } from "@/tests/support/stored-adapter";
import { latentInput, loadCollection, someConfig, storedCollection, storedRun } from "@/tests/support/stored-collection";
import { standInWorker } from "@/tests/support/worker-port";

const context = await freshContext();
const { store } = context;
const [q] = storedModules;
const latent = { module: q, index: 3 };
const ablate = { operation: "ablatePost", latent } as const;
const dose = { latent, operation: "clamp", values: [1] } as const;

async function textRun(): Promise<string> {
  const id = await storedRun(store);
  storeAdapter(context, id);
  await setRunStatus(store.db, id, "finished");
  return id;
}

async function encoderRun(): Promise<string> {
  const id = newId();
  const config = {
    ...someConfig,
    task: { kind: "classification" as const, labels: ["no", "yes"] },
    data: { ...someConfig.data, mapping: { kind: "labelled" as const, text: "text", label: "label" } },
  };
  const names = { name: "an encoder's run", modelId: "m1", modelName: "a model", dataSetId: "d1", dataName: "data" };
  await insertRun(store.db, { id, ...names, method: "stan", seed: 3, config: config as typeof someConfig, steps: 5 });
  storeAdapter(context, id);
  await setRunStatus(store.db, id, "finished");
  return id;
}

function read(run: string, request: ReadTextInput) {
  return readText(context, run, readTextRequest.parse(request), new AbortController().signal);
}

describe("reading a text", () => {
  it.each<[string, ReadTextInput, string]>([
    ["edits", { text: "a", edits: [ablate] }, "use edits with generation instead"],
    ["dose", { text: "a", dose: { ...dose, values: [1] } }, "use a dose study instead"],
    ["second", { text: "a", second: "b" }, "does not read text pairs"],
    ["towards", { text: "a", towards: "yes" }, "has no classes"],
  ])("of a model that continues text takes no %s, and says what to do", async (field, request, words) => {
    const run = await textRun();
    await expect(read(run, request)).rejects.toMatchObject({ code: "invalid", field, message: expect.stringContaining(words) });
  });

  it.each<[string, Partial<ReadTextInput>, RegExp]>([
    ["edits.1.latent", { edits: [ablate, { ...ablate, latent: { ...latent, index: 7 } }] }, /no latent 7/],
    ["dose.latent", { dose: { ...dose, values: [1], latent: { ...latent, index: 9 } } }, /no latent 9/],
    ["dose.scope", { dose: { ...dose, values: [1], scope: { from: 3, to: 1 } } }, /an empty range/],
  ])("of an encoder is refused for %s that the adapter has not", async (field, request, words) => {
    const run = await encoderRun();
    await expect(read(run, { text: "a", ...request })).rejects.toMatchObject({
      code: "invalid",
      field,
      message: expect.stringMatching(words),
    });
  });

  it("of an encoder goes to a worker with all that was asked", async () => {
    const run = await encoderRun();
    const asked: unknown[] = [];
    await standInWorker(context, ({ body }, response) => {
      asked.push(body);
      response.end(`${JSON.stringify({ kind: "end", seconds: 1 })}\n`);
    });
    const events: TextEvent[] = [];
    for await (const event of await read(run, { text: "a", second: "b", towards: "yes", edits: [ablate], dose: { ...dose, values: [1] } }))
      events.push(event);
    expect(events).toEqual([{ kind: "end", seconds: 1 }]);
    expect(asked).toMatchObject([{ runId: run, request: { second: "b", towards: "yes", edits: [ablate], dose: { controls: 8 } } }]);
  });
});

describe("a reading with a collection", () => {
  /** Two tokens at which a module keeps two of its latents. */
  const kept = { indices: Int32Array.of(0, 1, 0, 5), activations: Float32Array.of(2.5, 9, 5, 0) };
  const base64 = ({ buffer }: Int32Array | Float32Array) => Buffer.from(buffer).toString("base64");
  const module = {
    kind: "module",
    module: "layers.0.q_proj",
    layer: 0,
    projection: "q_proj",
    width: 2,
    indices: base64(kept.indices),
    activations: base64(kept.activations),
    outputShares: base64(Float32Array.of(0, 0, 0, 0)),
    attributions: null,
  };
  const token = (text: string) => ({ id: 1, text, loss: null });
  const events = [
    { kind: "tokens", tokens: [token("two"), token(" cups")], modules: 1, isTruncated: false },
    module,
    { kind: "end", seconds: 1 },
  ];

  it("brings what the collection knows of each latent that fires, and the labels of the most specific, in one answer", async () => {
    const { id, runId } = await storedCollection(store, [latentInput(0, 0, 40, "flour"), latentInput(0, 1, 7, "cup")]);
    storeAdapter(context, runId);
    await setRunStatus(store.db, runId, "finished");
    await saveLabel(context, id, { module: "layers.0.q_proj", index: 1, text: "kitchen measures", note: "" });
    const asked: unknown[] = [];
    await standInWorker(context, ({ body }, response) => {
      asked.push(body);
      response.end(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    });
    const told: TextEvent[] = [];
    for await (const event of await read(runId, { text: "two cups", collectionId: id })) told.push(event);
    expect(told.map(({ kind }) => kind)).toEqual(["tokens", "module", "labels", "end"]);
    expect(told[1]).toEqual({
      ...module,
      collected: {
        indices: base64(Int32Array.of(0, 1)),
        firings: base64(Int32Array.of(40, 7)),
        largest: base64(Float32Array.of(5, 9)),
      },
    });
    expect(told[2]).toEqual({
      kind: "labels",
      labels: [
        { module: "layers.0.q_proj", index: 1, text: "kitchen measures", source: "person" },
        { module: "layers.0.q_proj", index: 0, text: "flour", source: "automatic" },
      ],
    });
    expect(asked).toEqual([{ runId, request: { text: "two cups", useChatTemplate: false, attribution: true } }]);
  });

  it("is refused for a collection of another run", async () => {
    const run = await textRun();
    const { id } = await storedCollection(store, []);
    await expect(read(run, { text: "a", collectionId: id })).rejects.toMatchObject({ code: "invalid", field: "collectionId" });
  });
});

describe("measuring effects", () => {
  it("is queued for an encoder's latents as for others", async () => {
    const runId = await encoderRun();
    const id = newId();

    await createCollection(store.db, { id, runId, name: "all", step: 5, settings: collectionSettings.parse({ maxTokens: 1000 }) });
    await loadCollection(store, { id, runId }, [latentInput(0, 0, 40), latentInput(1, 0, 7)]);
    const task = await measureEffects(context, id, measureEffectsRequest.parse({ latents: [{ module: q, index: 0 }] }));
    expect(task).toMatchObject({ kind: "measureEffects", status: "queued", total: 1 });
  });
});
