import { describe, expect, it } from "vitest";
import { listLabelChanges, listLabels, readLabel, removeLabels, saveLabel, saveLabels } from "@/server/db/labels/labels";
import { readRevision } from "@/server/db/labels/revisions";
import { readSetting, writeSetting } from "@/server/db/labels/settings";
import { freshDatabase } from "@/tests/support/database";

const { db } = await freshDatabase();
const person = { source: "person", score: null, note: "" } as const;

describe("labels", () => {
  it("are kept a subject and latent, the last writing over those before", async () => {
    await saveLabel(db, "r1", { ...person, module: "q", index: 3, text: "cups" });
    await saveLabel(db, "r2", { ...person, module: "q", index: 3, text: "other" });
    const score = { precision: 0.5, recall: null, firing: 4, quiet: 6, judge: "m" };
    await saveLabel(db, "r1", { module: "q", index: 3, text: "spoons", note: "n", source: "explainer", score });
    expect(await listLabels(db, "r1")).toEqual([
      { module: "q", index: 3, text: "spoons", note: "n", source: "explainer", score, updatedAt: expect.stringMatching(/^\d{4}-/) },
    ]);
    expect(await readLabel(db, "r2", { module: "q", index: 3 })).toMatchObject({ text: "other" });
    expect(await readLabel(db, "r2", { module: "v", index: 3 })).toBeNull();
  });

  it("leave when neither text nor note is left, and readers learn of it by the revision", async () => {
    const known = await readRevision(db, "labels r1");
    await saveLabel(db, "r1", { ...person, module: "q", index: 3, text: "", note: "a note alone" });
    expect(await listLabels(db, "r1")).toMatchObject([{ text: "", note: "a note alone" }]);
    await saveLabel(db, "r1", { ...person, module: "q", index: 3, text: "" });
    expect(await listLabels(db, "r1")).toEqual([]);
    expect(await readLabel(db, "r1", { module: "q", index: 3 })).toBeNull();
    expect(await readRevision(db, "labels r1")).toBe(known + 2);
    expect(await listLabelChanges(db, "r1", known)).toEqual([{ module: "q", index: 3, text: "", note: "", revision: known + 2 }]);
    expect(await listLabelChanges(db, "r1", known + 2)).toEqual([]);
  });

  it("are written many at once, of two for one latent the last", async () => {
    const many = Array.from({ length: 2003 }, (_, index) => ({ ...person, module: "v", index, text: `l${index}` }));
    await saveLabels(db, "d1", [...many, { ...person, module: "v", index: 7, text: "seven" }]);
    expect(await listLabels(db, "d1")).toHaveLength(2003);
    const known = await listLabels(db, "d1");
    expect(known.find(({ index }) => index === 7)?.text).toBe("seven");
    expect(known.find(({ index }) => index === 2002)?.text).toBe("l2002");
    await removeLabels(db, "d1");
    expect(await listLabels(db, "d1")).toEqual([]);
  });

  it("count the changes of writers side by side one by one", async () => {
    const known = await readRevision(db, "labels r3");
    await Promise.all([1, 2, 3, 5].map((index) => saveLabel(db, "r3", { ...person, module: "q", index, text: "x" })));
    expect((await listLabelChanges(db, "r3", known)).map(({ revision }) => revision).sort()).toEqual([1, 2, 3, 4]);
  });
});

describe("settings", () => {
  it("are what was written last, and undefined before", async () => {
    expect(await readSetting(db, "explainer")).toBeUndefined();
    await writeSetting(db, "explainer", { isOn: false });
    await writeSetting(db, "explainer", { isOn: true, model: "m" });
    expect(await readSetting(db, "explainer")).toEqual({ isOn: true, model: "m" });
  });
});
