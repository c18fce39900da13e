import { describe, expect, it } from "vitest";
import { findLatentsQuery, foundLatents } from "@/lib/contract/find-latents";
import { latentQuery } from "@/lib/contract/latent";
import { saveLabel } from "@/server/db/labels/labels";
import { subjectOf } from "@/server/db/latents/collections";
import { findLatents } from "@/server/services/latents/find-latents";
import { listLatents } from "@/server/services/latents/list-latents";
import { freshContext } from "@/tests/support/service-context";
import { latentInput, queuedCollection, storedCollection } from "@/tests/support/stored-collection";

const context = await freshContext();
const { store } = context;
const older = await storedCollection(store, [
  latentInput(0, 0, 40, " cups"),
  latentInput(0, 1, 20, " Cupboard"),
  latentInput(1, 0, 9, " sea"),
]);
const newer = await storedCollection(store, [latentInput(0, 4, 10, " cups"), latentInput(1, 5, 7, " land")]);
await queuedCollection(store);
await saveLabel(store.db, subjectOf(older), {
  module: "layers.1.v_proj",
  index: 0,
  text: "a cupful",
  note: "",
  source: "person",
  score: null,
});

/** Latents that fire most in a domain, but for the one whose token is its name. */
async function inDomain(name: string): Promise<string[]> {
  const all = await Promise.all(
    [older, newer].map(async ({ id: collectionId }) => {
      const { rows } = await listLatents(context, latentQuery.parse({ collectionId, domain: name }));
      return places(rows.map((row) => ({ ...row, collectionId })));
    }),
  );
  return all
    .flat()
    .filter((place) => place !== "older layers.1.v_proj 0")
    .sort();
}

const find = (search: string, limit?: number) => findLatents(context, findLatentsQuery.parse({ search, limit }));
const places = (latents: readonly { collectionId: string; module: string; index: number }[]) =>
  latents.map(({ collectionId, module, index }) => `${collectionId === older.id ? "older" : "newer"} ${module} ${index}`);

describe("findLatents", () => {
  it("finds latents of all finished collections by label or top token, labelled ones first and collections in turn", async () => {
    const answer = await find("CUP");
    expect(foundLatents.parse(answer)).toEqual(answer);
    expect(places(answer.latents)).toEqual([
      "older layers.1.v_proj 0",
      "newer layers.0.q_proj 4",
      "older layers.0.q_proj 0",
      "older layers.0.q_proj 1",
    ]);
    expect(answer.latents[0]).toMatchObject({ within: "a run", layer: 1, projection: "v_proj", label: "a cupful", labelSource: "person" });
    expect(answer.latents[1]?.labelSource).toBeNull();
    expect(answer.latents.map(({ tokens }) => tokens)).toEqual([[], [" cups"], [" cups"], [" Cupboard"]]);
    expect(answer.notSearched).toBe(0);
  });

  it("gives as many as asked for, and none where nothing fits", async () => {
    expect((await find("cup", 2)).latents).toHaveLength(2);
    expect((await find("nothing like it")).latents).toEqual([]);
  });

  it("finds a latent by its layer, module and index", async () => {
    expect(places((await find("L1 v_proj 5")).latents)).toEqual(["newer layers.1.v_proj 5"]);
    expect(places((await find("l0 q_proj #1")).latents)).toEqual(["older layers.0.q_proj 1"]);
    expect((await find("L7 v_proj 5")).latents).toEqual([]);
  });

  it("finds latents by the domain in which they fire most, behind those with the word in a label or token, and each once", async () => {
    const { latents } = await find("SEA", 50);
    expect(places(latents)[0]).toBe("older layers.1.v_proj 0");
    expect(places(latents).slice(1).sort()).toEqual(await inDomain("sea"));
  });

  it("keeps a labelled latent at the front where its domain is named as well", async () => {
    const label = { module: "layers.0.q_proj", index: 1, note: "", source: "person", score: null } as const;
    await saveLabel(store.db, subjectOf(older), { ...label, text: "seafaring" });
    expect(await inDomain("sea")).toContain("older layers.0.q_proj 1");
    const found = places((await find("sea", 50)).latents);
    expect(found.slice(0, 2).sort()).toEqual(["older layers.0.q_proj 1", "older layers.1.v_proj 0"]);
    expect(found.slice(2).sort()).toEqual((await inDomain("sea")).filter((place) => place !== "older layers.0.q_proj 1"));
  });

  it("reads a label that was just written", async () => {
    const label = { module: "layers.1.v_proj", index: 5, note: "", source: "person", score: null } as const;
    await saveLabel(store.db, subjectOf(newer), { ...label, text: "harbours" });
    expect(places((await find("harbour")).latents)).toEqual(["newer layers.1.v_proj 5"]);
  });

  it("looks through a run's newest finished collection alone, and says how many it left out", async () => {
    for (let i = 0; i < 19; i++) await storedCollection(store, [latentInput(0, 0, 1, " filler")]);
    const answer = await find("cup");
    expect(answer.notSearched).toBe(1);
    expect(places(answer.latents)).toEqual(["newer layers.0.q_proj 4"]);
  });
});
