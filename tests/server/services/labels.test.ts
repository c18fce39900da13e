import { describe, expect, it } from "vitest";
import { latentQuery } from "@/lib/contract/latent";
import { saveLabel as writeLabel } from "@/server/db/labels/labels";
import { exportLabels } from "@/server/services/labels/export-labels";
import { listLabels } from "@/server/services/labels/list-labels";
import { saveLabel } from "@/server/services/labels/save-label";
import { getLatent } from "@/server/services/latents/get-latent";
import { listLatents } from "@/server/services/latents/list-latents";
import { freshContext } from "@/tests/support/service-context";
import { latentInput, storedCollection } from "@/tests/support/stored-collection";

const context = await freshContext();
const collection = await storedCollection(context.store, [latentInput(0, 0, 40), latentInput(0, 1, 7), latentInput(1, 0, 100)]);
const module = "layers.0.q_proj";

async function textOf(parts: Promise<AsyncGenerator<string>>): Promise<string> {
  let text = "";
  for await (const part of await parts) text += part;
  return text;
}

describe("a label", () => {
  it("is a person's, shows in the table, and goes when it is empty", async () => {
    expect(await saveLabel(context, collection.id, { module, index: 1, text: " cups ", note: "sure" })).toMatchObject([
      { module, index: 1, text: "cups", note: "sure", source: "person", score: null },
    ]);
    const { rows } = await listLatents(context, latentQuery.parse({ collectionId: collection.id, search: "cups" }));
    expect(rows).toMatchObject([{ index: 1, label: { text: "cups", source: "person" } }]);
    expect(await saveLabel(context, collection.id, { module, index: 1, text: "", note: "" })).toEqual([]);
    expect(await listLabels(context, collection.id)).toEqual([]);
  });

  it("of the explainer stays the explainer's while only its note changes", async () => {
    const score = { precision: 1, recall: 0.5, firing: 4, quiet: 4, judge: "m" };
    await writeLabel(context.store.db, collection.runId ?? "", { module, index: 0, text: "mugs", note: "", source: "explainer", score });
    const noted = await saveLabel(context, collection.id, { module, index: 0, text: "mugs", note: "hm" });
    expect(noted).toMatchObject([{ note: "hm", source: "explainer", score }]);
    const corrected = await saveLabel(context, collection.id, { module, index: 0, text: "mug, handles", note: "hm" });
    expect(corrected).toMatchObject([{ text: "mug, handles", source: "person", score: null }]);
  });

  it("stands at the latents that name its own as related", async () => {
    await saveLabel(context, collection.id, { module: "layers.1.v_proj", index: 0, text: "rain", note: "" });
    const { related } = await getLatent(context, { module, index: 0 }, latentQuery.parse({ collectionId: collection.id }));
    expect(related.decoder).toEqual([{ module: "layers.1.v_proj", index: 0, value: 0.5, label: "rain", automaticLabel: "word" }]);
    await saveLabel(context, collection.id, { module: "layers.1.v_proj", index: 0, text: "", note: "" });
  });

  it("is refused for a latent or collection that is not there", async () => {
    const label = { module, index: 40_009, text: "x", note: "" };
    await expect(saveLabel(context, collection.id, label)).rejects.toMatchObject({ code: "notFound", field: "index" });
    await expect(saveLabel(context, collection.id, { ...label, module: "other" })).rejects.toMatchObject({ code: "notFound" });
    await expect(listLabels(context, "nowhere")).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("all labels", () => {
  it("leave as CSV, quoted, and as JSON", async () => {
    await saveLabel(context, collection.id, { module, index: 0, text: 'say "hi", twice', note: "a\nb" });
    const csv = await textOf(exportLabels(context, collection.id, "csv"));
    expect(csv).toMatch(/^module,index,label,note,source,precision,recall,judge,updatedAt\r\n/);
    expect(csv).toContain(`${module},0,"say ""hi"", twice","a\nb",person,,,,20`);
    expect(JSON.parse(await textOf(exportLabels(context, collection.id, "json")))).toMatchObject([{ module, index: 0, source: "person" }]);
  });
});
