import { describe, expect, it } from "vitest";
import { editList } from "@/lib/contract/edit";
import { saveEditsRequest } from "@/lib/contract/steering";
import { setRunStatus } from "@/server/db/runs/runs";
import { deleteRun } from "@/server/services/runs/delete-run";
import { changeSavedEdits, getSavedEdits, listSavedEdits, removeSavedEdits, saveEdits } from "@/server/services/steering/saved-edits";
import { freshContext } from "@/tests/support/service-context";
import { storeAdapter, storedModules } from "@/tests/support/stored-adapter";
import { storedRun } from "@/tests/support/stored-collection";

const context = await freshContext();
const { store } = context;
const [q, v] = storedModules;

async function runWithFiles(method: "stan" | "lora" = "stan"): Promise<string> {
  const id = await storedRun(store);
  await store.pool.query("UPDATE runs SET method = $2, config = jsonb_set(config, '{adapter,method}', to_jsonb($2::text)) WHERE id = $1", [
    id,
    method,
  ]);
  storeAdapter(context, id, method);
  await setRunStatus(store.db, id, "finished");
  return id;
}

function asRequest(name: string, edits: unknown[], note = "") {
  return saveEditsRequest.parse({ name, note, edits });
}

const scale = { operation: "scale", value: 2, latent: { module: q, index: 6 } };

describe("saved edits", () => {
  it("come back by name as they were saved, with all fields", async () => {
    const run = await runWithFiles();
    const edits = editList.parse([
      { ...scale, isOn: false, scope: { from: 2, to: 5 }, onlyIf: { latent: { module: v, index: 0 }, above: -1.5 } },
      { operation: "isolate", module: v, indices: [0, 3], skipsSpecialTokens: true },
      { operation: "adapterOff", scope: "prompt" },
    ]);
    const second = await saveEdits(context, run, asRequest("warm", [scale]));
    const first = await saveEdits(context, run, asRequest(" calm ", edits, "sea\nand land"));
    expect(first).toMatchObject({ runId: run, name: "calm", note: "sea\nand land", edits });
    expect(await listSavedEdits(context, run)).toEqual([first, second]);
    expect(await getSavedEdits(context, first.id)).toEqual(first);
  });

  it("change in place, and go", async () => {
    const run = await runWithFiles();
    const { id, createdAt } = await saveEdits(context, run, asRequest("a", [scale]));
    const changed = await changeSavedEdits(context, id, asRequest("b", [{ operation: "moduleOff", module: q }], "why"));
    expect(changed).toMatchObject({ id, createdAt, name: "b", note: "why", edits: [{ operation: "moduleOff", isOn: true, scope: "all" }] });
    expect(changed.updatedAt > createdAt).toBe(true);
    await removeSavedEdits(context, id);
    expect(await listSavedEdits(context, run)).toEqual([]);
    await expect(removeSavedEdits(context, id)).rejects.toMatchObject({ code: "notFound" });
    await expect(changeSavedEdits(context, id, asRequest("b", [scale]))).rejects.toMatchObject({ code: "notFound" });
  });

  it("have a name of their own in a run, and may share it with another run's", async () => {
    const [one, other] = [await runWithFiles(), await runWithFiles()];
    await saveEdits(context, one, asRequest("same", [scale]));
    await saveEdits(context, other, asRequest("same", [scale]));
    const { id } = await saveEdits(context, one, asRequest("another", [scale]));
    const refused = { code: "conflict", field: "name", message: expect.stringMatching(/already has edits saved as "same"/) };
    await expect(saveEdits(context, one, asRequest("same", [scale]))).rejects.toMatchObject(refused);
    await expect(changeSavedEdits(context, id, asRequest("same", [scale]))).rejects.toMatchObject(refused);
    expect((await changeSavedEdits(context, id, asRequest("another", [scale], "its own name"))).note).toBe("its own name");
  });

  it.each([
    [
      "a module that is not there",
      { ...scale, latent: { module: "layers.9.q_proj", index: 0 } },
      "edits.0.latent",
      /no module "layers.9.q_proj". It has 2/,
    ],
    [
      "an index that is not there",
      { ...scale, latent: { module: q, index: 7 } },
      "edits.0.latent",
      /latents 0 to 6, so there is no latent 7/,
    ],
    ["an isolated index", { operation: "isolate", module: q, indices: [6, 7] }, "edits.0.indices", /no latent 7/],
    ["a condition", { ...scale, onlyIf: { latent: { module: v, index: 8 }, above: 0 } }, "edits.0.onlyIf.latent", /no latent 8/],
    ["positions that are none", { ...scale, scope: { from: 3, to: 2 } }, "edits.0.scope", /3 to 2 are an empty range/],
    ["one that is switched off", { ...scale, isOn: false, latent: { module: q, index: 7 } }, "edits.0.latent", /no latent 7/],
  ])("are held against the adapter: %s is refused", async (_what, edit, field, message) => {
    const run = await runWithFiles();
    const saving = saveEdits(context, run, asRequest("x", [edit]));
    await expect(saving).rejects.toMatchObject({ code: "invalid", field, message: expect.stringMatching(message) });
  });

  it("of LoRA have no TopK to work on", async () => {
    const run = await runWithFiles("lora");
    await saveEdits(context, run, asRequest("fine", [scale]));
    for (const operation of ["ablatePre", "forceIn"]) {
      const saving = saveEdits(context, run, asRequest("x", [scale, { operation, latent: scale.latent }]));
      await expect(saving).rejects.toMatchObject({ code: "invalid", field: "edits.1", message: expect.stringMatching(/no TopK/) });
    }
  });

  it("need an adapter, and go with their run", async () => {
    const without = await storedRun(store);
    await expect(saveEdits(context, without, asRequest("x", [scale]))).rejects.toMatchObject({ code: "conflict" });
    const run = await runWithFiles();
    const { id } = await saveEdits(context, run, asRequest("x", [scale]));
    await deleteRun(context, run);
    await expect(getSavedEdits(context, id)).rejects.toMatchObject({ code: "notFound" });
    await expect(listSavedEdits(context, run)).rejects.toMatchObject({ code: "notFound" });
  });
});
