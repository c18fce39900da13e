import { describe, expect, it } from "vitest";
import { measureEffectsRequest } from "@/lib/contract/effect";
import { type ReadTextInput, readTextRequest, type TextEvent } from "@/lib/contract/read-text";
import { collectionSettings } from "@/lib/contract/run-config";
import { createCollection } from "@/server/db/latents/collections";
import { newId } from "@/server/db/new-id";
import { insertRun, setRunStatus } from "@/server/db/runs/runs";
import { measureEffects } from "@/server/services/work/measure-effects";
import { readText } from "@/server/services/work/read-text";
import { freshContext } from "@/tests/support/service-context";
import { storeAdapter, storedModules } from "@/tests/support/stored-adapter";
import { latentInput, loadCollection, someConfig, storedRun } from "@/tests/support/stored-collection";
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
