import { describe, expect, it } from "vitest";
import { withDuplicate, withMoved, withOpened } from "@/components/steering/changed-edits";
import { newEdit } from "@/components/steering/edit-change";
import { keyedEdits, noKeyedEdits } from "@/components/steering/edit-keys";
import { placeAfterMove } from "@/components/steering/use-edit-drag";
import type { Edit } from "@/lib/contract/edit";

const [a, b, c] = [2, 3, 5].map((index) => newEdit({ module: "m", index })) as [Edit, Edit, Edit];
const first = keyedEdits(noKeyedEdits, [a, b, c]);

describe("the keys of cards", () => {
  it("are new for a new list", () => {
    expect(first.keys).toEqual([0, 1, 2]);
  });

  it("go where their edits go", () => {
    expect(keyedEdits(first, withMoved([a, b, c], 2, 0)).keys).toEqual([2, 0, 1]);
    expect(keyedEdits(first, [a, c]).keys).toEqual([0, 2]);
  });

  it("stay with an edit that is changed in its place", () => {
    expect(keyedEdits(first, [a, { ...b, isOn: false }, c]).keys).toEqual([0, 1, 2]);
  });

  it("are new for what is added, and for a copy", () => {
    expect(keyedEdits(first, withDuplicate([a, b, c], 0)).keys).toEqual([0, 3, 1, 2]);
    expect(keyedEdits(first, [newEdit({ module: "m", index: 7 }), a, b]).keys).toEqual([3, 0, 1]);
    expect(keyedEdits(first, [a, b, c, newEdit({ module: "m", index: 7 })]).keys).toEqual([0, 1, 2, 3]);
  });

  it("are never given twice, nor again", () => {
    const fewer = keyedEdits(first, [a]);
    expect(keyedEdits(fewer, [a, a, b]).keys).toEqual([0, 3, 4]);
    expect(new Set(keyedEdits(first, [b, { ...a }, { ...b }]).keys).size).toBe(3);
  });
});

describe("a list that is reordered", () => {
  it("has the moved edit at its new place", () => {
    expect(withMoved([a, b, c], 0, 2)).toEqual([b, c, a]);
    expect(withMoved([a, b, c], 2, 1)).toEqual([a, c, b]);
  });

  it("counts places as they will be when a card is let go before another", () => {
    expect([placeAfterMove(0, 3), placeAfterMove(0, 1), placeAfterMove(0, 0), placeAfterMove(2, 0)]).toEqual([2, 0, 0, 0]);
  });
});

it("holds no more edits than a list may when one is opened, and says how many had no room", () => {
  const many = Array.from({ length: 255 }, () => a);
  expect(withOpened([b], many, "append")).toMatchObject({ leftOut: 0 });
  expect(withOpened([b, c], many, "append")).toMatchObject({ leftOut: 1 });
  expect(withOpened([b, c], [a], "replace")).toEqual({ edits: [a], leftOut: 0 });
});
