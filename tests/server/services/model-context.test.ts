import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readModel, upsertModel } from "@/server/db/library/models";
import { getModelContext } from "@/server/services/library/get-model-context";
import { goldenFolder } from "@/tests/support/fixtures";
import { freshContext } from "@/tests/support/service-context";
import { storedModel } from "@/tests/support/stored-model";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const context = await freshContext();

/** The tiny model of an architecture with these rotary settings, as the list has it. */
async function aModel(name: string, changes: Record<string, unknown> = {}): Promise<string> {
  const [folder, source] = [temporaryFolder(), join(goldenFolder, "tiny", name)];
  const config = JSON.parse(readFileSync(join(source, "config.json"), "utf8"));
  writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, ...changes }));
  copyFileSync(join(source, "model.safetensors"), join(folder, "model.safetensors"));
  const id = await storedModel(context, name + JSON.stringify(changes).length);
  const { createdAt: _, ...model } = (await readModel(context.store.db, id)) ?? expect.fail();
  await upsertModel(context.store.db, { ...model, path: folder });
  return id;
}

describe("the context of a model", () => {
  it("is what it read before its positions were scaled, and how they are scaled", async () => {
    const yarn = { rope_type: "yarn", rope_theta: 10_000, factor: 4, original_max_position_embeddings: 4 };
    expect(await getModelContext(context, await aModel("llama", { rope_parameters: yarn }))).toEqual({
      original: { tokens: 4, scaling: "yarn, factor 4" },
    });
  });

  it("is not scaled where the configuration does not say so, nor without rotary positions", async () => {
    for (const name of ["llama", "gpt2", "bert"]) expect(await getModelContext(context, await aModel(name))).toEqual({ original: null });
  });

  it("is unknown where the model's files are gone, and refused of a model that is not there", async () => {
    expect(await getModelContext(context, await storedModel(context, "gone"))).toEqual({ original: null });
    await expect(getModelContext(context, "never")).rejects.toMatchObject({ code: "notFound" });
  });
});
