import { describe, expect, it } from "vitest";
import { pairQuery } from "@/lib/contract/comparison";
import { collectionSettings } from "@/lib/contract/run-config";
import { createCollection } from "@/server/db/latents/collections";
import { newId } from "@/server/db/new-id";
import type { RunRow } from "@/server/db/runs/runs";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { writeAdapter } from "@/server/files/adapters/adapter-folder";
import { compareLatents } from "@/server/services/comparison/compared-latents";
import { comparedRun, someLora } from "@/tests/support/compared-run";
import { freshContext } from "@/tests/support/service-context";
import { storeAdapter, storedModules } from "@/tests/support/stored-adapter";
import { latentInput, loadCollection } from "@/tests/support/stored-collection";

const context = await freshContext();
const { store } = context;
const compare = (runs: readonly RunRow[]) => compareLatents(context, pairQuery.parse({ runs: runs.map(({ id }) => id).join(",") }));

async function collect({ id: runId }: RunRow, fireCounts: readonly number[], tokens = 1000): Promise<string> {
  const id = newId();
  await createCollection(store.db, { id, runId, name: "all", step: 5, settings: collectionSettings.parse({ maxTokens: tokens }) });
  await loadCollection(
    store,
    { id, runId },
    fireCounts.map((count, index) => latentInput(0, index, count)),
    tokens,
  );
  return id;
}

describe("latents of two sides", () => {
  it("are told by the spread of their numbers over those that fired, and by how their decoders match between two seeds", async () => {
    const stan = [await comparedRun(store, { seed: 1 }), await comparedRun(store, { seed: 2 })];
    const lora = await comparedRun(store, { adapter: someLora });
    for (const { id } of stan) storeAdapter(context, id);
    storeAdapter(context, lora.id, "lora");
    const [one, other] = [stan[1], lora];
    if (one === undefined) throw new Error("there is no second seed");
    const collectionId = await collect(one, [0, 100, 200, 300]);
    await collect(other, [1000, 1000], 2000);
    const { first, second, remarks } = await compare([...stan, lora]);
    expect(first).toMatchObject({ runId: one.id, collectionId, tokens: 1000, numLatents: 4, fired: 3 });
    expect(first?.density?.count).toBe(3);
    expect(first?.density?.median).toBeCloseTo(0.2, 12);
    expect(first?.density?.low).toBeCloseTo(0.12, 12);
    // Attribution is (count mod 5) − 2, so −2 of every one of these.
    expect(first?.effect).toEqual({ count: 3, low: 2, median: 2, high: 2 });
    expect(first?.stability).toMatchObject({ modules: 2, modulesTotal: 2, latents: 14, shareMatched: 1, threshold: 0.7 });
    expect(first?.stability?.medianCosine).toBeCloseTo(1, 6);
    expect(second).toMatchObject({ fired: 2, stability: null });
    expect(second?.density?.median).toBe(0.5);
    expect(remarks).toEqual([expect.stringMatching(/cover different tokens/)]);
  });

  it("are not there before a collection is finished, which is said", async () => {
    const runs = [await comparedRun(store, { name: "bare" }), await comparedRun(store, { adapter: someLora, name: "collected" })];
    const [, collected] = runs;
    if (collected === undefined) throw new Error("there is no second run");
    await collect(collected, [10]);
    const { first, second, remarks } = await compare(runs);
    expect(first).toBeNull();
    expect(second?.fired).toBe(1);
    expect(remarks).toEqual(["bare has no finished collection: collect statistics of one of its runs."]);
  });

  it("are said to be none where whole weights or a head alone were trained", async () => {
    const full = await comparedRun(store, { name: "whole", adapter: { method: "full", targets: null } });
    const head = await comparedRun(store, { name: "top", adapter: { method: "head" } });
    const { first, second, remarks } = await compare([full, head]);
    expect([first, second]).toEqual([null, null]);
    expect(remarks).toEqual([
      "whole has no latents: its weights were fine-tuned directly.",
      "top has no latents: only its head was trained.",
    ]);
  });

  it("match between two seeds of a classifier too, whose head is saved beside its latents and takes no part", async () => {
    const task = { kind: "classification" as const, labels: ["no", "yes"] };
    const seeds = [await comparedRun(store, { task, seed: 1 }), await comparedRun(store, { task, seed: 2 })];
    const lora = await comparedRun(store, { task, adapter: someLora });
    for (const [place, { id }] of seeds.entries()) storeClassifier(id, place);
    const [one] = seeds;
    if (one === undefined) throw new Error("there is no first seed");
    await collect(one, [5, 7]);
    const { first } = await compare([...seeds, lora]);
    expect(first?.stability).toMatchObject({ modules: 2, modulesTotal: 2, latents: 6, shareMatched: 1 / 3 });
  });
});

/** Two modules of 3 latents between widths 2 and 3; of another seed one latent is the same and the others point elsewhere. */
function storeClassifier(runId: string, seed: number): void {
  const targets = { modules: ["q_proj", "v_proj"], layers: null };
  const settings = { method: "stan", numLatents: 3, k: 2, alpha: 1, selection: "signed", init: "zero", targets } as const;
  const matrix = (shape: readonly [number, number], data: readonly number[]) => ({ shape, data: Float32Array.from(data) });
  const other = seed === 0 ? [1, 0, 0, 0, 1, 0, 0, 0, 1] : [1, 0, 0, 0, -1, 0, 0, 0, -1];
  const latents = { E: matrix([3, 2], [1, 2, 3, 4, 5, 6]), D: matrix([3, 3], other) };
  writeAdapter(context.artefacts.path(`runs/${runId}/adapter`), {
    config: toAdapterConfigFile(settings, { baseModel: "tiny", revision: null, fanInFanOut: false, modulesToSave: ["classifier"] }),
    tensors: new Map(storedModules.map((module) => [module, latents])),
    savedTensors: new Map([["classifier.weight", matrix([2, 3], [seed, 1, 2, 3, 4, 5])]]),
  });
}
