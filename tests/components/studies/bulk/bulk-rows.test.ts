import { describe, expect, it } from "vitest";
import { editOf, sortedRows } from "@/components/studies/bulk/bulk-rows";
import { type BulkRow, bulkRequest } from "@/lib/contract/study";

const estimate = (mean: number) => ({ mean, halfWidth: null, count: 1 });
const row = (module: string, index: number, kl: number, change: number, value: number | null = 2): BulkRow => ({
  latent: { module, index },
  value,
  firings: index,
  klToAdapter: estimate(kl),
  klToBase: estimate(1),
  changedTokens: estimate(0),
  targets: [estimate(change - 3)],
  targetChanges: [estimate(change)],
});
const rows = [row("l.2", 7, 0.5, -2), row("l.11", 5, 0.25, 1), row("l.2", 3, 0.75, 0.5, null)];
const order = (key: Parameters<typeof sortedRows>[1]["key"], direction: "asc" | "desc") =>
  sortedRows({ rows }, { key, order: direction }).map(({ latent }) => latent.index);

describe("rows of a bulk study", () => {
  it("are sorted by divergence, by firings and by name, layers as numbers", () => {
    expect(order("klToAdapter", "desc")).toEqual([3, 7, 5]);
    expect(order("firings", "asc")).toEqual([3, 5, 7]);
    expect(order("latent", "asc")).toEqual([3, 7, 5]);
  });

  it("are sorted by the size of a target's change, falls and rises together", () => {
    expect(order("target 0", "desc")).toEqual([7, 5, 3]);
  });

  it("stand last without a value, in either order", () => {
    expect(order("value", "asc").at(-1)).toBe(3);
    expect(order("value", "desc").at(-1)).toBe(3);
  });

  it("become edits as they were tried", () => {
    const request = (operation: string) =>
      bulkRequest.parse({
        kind: "bulk",
        latents: [{ module: "m", index: 1 }],
        operation,
        value: 3,
        scope: "generated",
        prompts: { texts: ["a"] },
      });
    const [first] = rows;
    if (first === undefined) throw new Error("no row");
    expect(editOf(request("clamp"), first)).toEqual({ operation: "clamp", value: 2, latent: first.latent, scope: "generated", isOn: true });
    expect(editOf(request("ablatePre"), first)).toEqual({ operation: "ablatePre", latent: first.latent, scope: "generated", isOn: true });
  });
});
