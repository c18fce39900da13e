import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importRunRequest } from "@/lib/contract/import-run";
import { readTextRequest } from "@/lib/contract/read-text";
import { type AdapterConfig, adapterConfig, collectionSettings } from "@/lib/contract/run-config";
import { bakeRequest, saveEditsRequest } from "@/lib/contract/steering";
import { startStudyRequest } from "@/lib/contract/study";
import { setRunStatus } from "@/server/db/runs/runs";
import { fullFolder, writeFullFolder } from "@/server/files/adapters/full-folder";
import { startCollection } from "@/server/services/latents/start-collection";
import { exportAdapter } from "@/server/services/runs/export-adapter";
import { importRun } from "@/server/services/runs/import-run";
import { saveEdits } from "@/server/services/steering/saved-edits";
import { startBake } from "@/server/services/steering/start-bake";
import { startStudy } from "@/server/services/steering/studies";
import { readText } from "@/server/services/work/read-text";
import { comparedRun } from "@/tests/support/compared-run";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();
const weight = { shape: [2, 3] as const, data: Float32Array.of(1, 2, 3, 4, 5, 6) };

/** A finished run with its weights on disk. */
async function finishedRun(adapter: AdapterConfig): Promise<string> {
  const { id } = await comparedRun(context.store, { adapter, name: "the baseline" });
  const config = {
    training: adapter.method === "head" ? ("head" as const) : ("full" as const),
    format_version: 1 as const,
    base_model_name_or_path: "tiny",
    revision: null,
    target_modules: null,
    layers_to_transform: null,
    fan_in_fan_out: false,
  };
  const folder = context.artefacts.path(`runs/${id}/adapter`);
  mkdirSync(join(folder, ".."), { recursive: true });
  const isHead = adapter.method === "head";
  const modules = isHead ? new Map() : new Map([["layers.0.v_proj", { weight }]]);
  writeFullFolder(folder, fullFolder(config, modules, isHead ? new Map([["classifier.weight", weight]]) : new Map()));
  await setRunStatus(context.store.db, id, "finished");
  return id;
}

const edit = { operation: "scale", value: 2, latent: { module: "layers.0.v_proj", index: 0 } };
const study = { kind: "evaluation", edits: [edit], text: { kind: "heldOut" } };

describe.each([
  ["whole weights", adapterConfig.parse({ method: "full" }), /the baseline fine-tuned its weights directly.*it has no latents/],
  ["a head alone", adapterConfig.parse({ method: "head" }), /the baseline trained only its head: it has no latents/],
] as const)("a run of %s", (_, adapter, message) => {
  it("is refused by name where latents would be collected, edited, baked, studied or read", async () => {
    const id = await finishedRun(adapter);
    const refused = { code: "invalid", message: expect.stringMatching(message) };
    await expect(startCollection(context, id, collectionSettings.parse({}))).rejects.toMatchObject(refused);
    await expect(startBake(context, id, bakeRequest.parse({ edits: [edit] }))).rejects.toMatchObject(refused);
    await expect(saveEdits(context, id, saveEditsRequest.parse({ name: "a", note: "", edits: [edit] }))).rejects.toMatchObject(refused);
    await expect(startStudy(context, id, startStudyRequest.parse({ study }))).rejects.toMatchObject(refused);
    const { signal } = new AbortController();
    await expect(readText(context, id, readTextRequest.parse({ text: "a" }), signal)).rejects.toMatchObject(refused);
  });

  it("is downloaded as weights by the checkpoint's names, with a card that says how Python takes them", async () => {
    const { archive } = await exportAdapter(context, await finishedRun(adapter));
    const parts: Uint8Array[] = [];
    for await (const part of archive) parts.push(part);
    const text = Buffer.concat(parts).toString("latin1");
    for (const file of ["full_config.json", "weights.safetensors", "README.md"]) expect(text).toContain(`/${file}`);
    expect(text).not.toContain("adapter_model.safetensors");
    expect(text).toContain(adapter.method === "head" ? '"classifier.weight"' : '"layers.0.v_proj.weight"');
    expect(text).toContain('model.load_state_dict(load_file("path/of/this/folder/weights.safetensors"), strict=False)');
    expect(text).not.toContain("merge_and_unload");
  });

  it("is not imported as an adapter", async () => {
    const id = await finishedRun(adapter);
    const path = context.artefacts.path(`runs/${id}/adapter`);
    await expect(importRun(context, importRunRequest.parse({ path }))).rejects.toMatchObject({
      message: expect.stringMatching(/contains full weights, or only a head: only adapters in PEFT layout can be imported/),
    });
  });
});
