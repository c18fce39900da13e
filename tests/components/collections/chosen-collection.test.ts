import { expect, it } from "vitest";
import { chosenCollection } from "@/components/collections/chosen-collection";
import type { CollectionSummary } from "@/lib/contract/latent";
import { collectionWith } from "@/tests/support/collection-summary";

const collection = (id: string, status: CollectionSummary["status"], createdAt: string) =>
  collectionWith({ id, name: id, status, createdAt });
const all = [
  collection("old", "finished", "2026-01-01"),
  collection("new", "finished", "2026-01-03"),
  collection("now", "running", "2026-01-05"),
];

it("reads the one a link names", () => {
  expect(chosenCollection(all, "old")?.id).toBe("old");
});

it("reads the newest finished one where none, an unfinished or an unknown one is named", () => {
  expect([null, "now", "gone"].map((wanted) => chosenCollection(all, wanted)?.id)).toEqual(["new", "new", "new"]);
});

it("reads none before one is finished", () => {
  expect(chosenCollection(all.slice(2), null)).toBeNull();
});
