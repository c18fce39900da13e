import { describe, expect, it } from "vitest";
import { latentRow } from "@/lib/contract/latent";
import { firstOrderOf, type LatentSortKey, latentSortKeys, sortWord, tellingSorts } from "@/lib/contract/latent-columns/column-sorts";
import { fileColumns } from "@/lib/contract/latent-columns/file-columns";
import { columnOf, columnsWith, latentColumnNames, unknownNumbers } from "@/lib/contract/latent-columns/latent-columns";
import { rangeColumns } from "@/lib/contract/latent-ranges";

describe("the descriptions of a latent's columns", () => {
  it("claim each place once: in every file, in the table and in the list of orders", () => {
    const columns = latentColumnNames.map(columnOf);
    const places = [
      ...(["csv", "parquet", "headless"] as const).map((format) => columns.flatMap(({ files }) => files?.[format] ?? [])),
      columns.flatMap(({ table }) => table?.place ?? []),
      columns.flatMap(({ sort }) => sort?.place ?? []),
    ];
    for (const list of places) expect(list).toHaveLength(new Set(list).size);
  });

  it("are complete where a column is sorted, filtered or listed", () => {
    for (const name of latentColumnNames) {
      const { sort, isFiltered, isListed, word, format, table, stored, type, packed } = columnOf(name);
      if (sort !== undefined) expect(word, name).toBeDefined();
      if (isFiltered || isListed) expect([word, format, table], name).not.toContain(undefined);
      if (stored !== undefined) expect(type, name).toMatch(/^(integer|real)$/);
      if (packed !== undefined && name !== "index") expect(stored, name).toBeDefined();
    }
  });

  it("give the order of a row, of sorts and of filters as requests have had them", () => {
    expect(Object.keys(latentRow.shape)).toEqual(latentColumnNames);
    const published: readonly LatentSortKey[] = [
      "readingOrder",
      "module",
      "index",
      "fireCount",
      "density",
      "meanActivation",
      "meanSquare",
      "skewness",
      "maxActivation",
      "minActivation",
      "outputShare",
      "specificShare",
      "decoderNorm",
      "attribution",
      "ablation",
      "selectivity",
      "bornAtStep",
      "selectivityShare",
      "label",
    ];
    expect(latentSortKeys.filter((key) => published.includes(key))).toEqual(published);
    expect(rangeColumns).toEqual(latentSortKeys.filter((key) => (rangeColumns as readonly string[]).includes(key)));
  });

  it("list orders from the most telling, each with its word and its first direction", () => {
    expect(tellingSorts.slice(0, 3).map(sortWord)).toEqual(["reading order", "firings", "Δ loss"]);
    expect(tellingSorts).toHaveLength(latentSortKeys.length);
    expect(tellingSorts.filter((key) => firstOrderOf(key) === "asc")).toEqual(["minActivation", "bornAtStep", "label", "module", "index"]);
  });

  it("put a file's own columns between the described ones", () => {
    const columns = fileColumns("headless", (name) => `plain ${name}`, { tokens: [3, "own"] });
    expect(columns.slice(2, 5)).toEqual([
      { name: "fireCount", cell: "plain fireCount" },
      { name: "tokens", cell: "own" },
      { name: "density", cell: "plain density" },
    ]);
    expect(() => fileColumns("headless", () => "", { tokens: [4, ""], last: [90, ""] })).toThrow(
      "claims place 4, which is taken; the next free one is 91",
    );
  });

  it("name every stored number that may be missing", () => {
    expect(Object.keys(unknownNumbers)).toEqual(columnsWith("stored").filter((name) => !columnOf(name).stored?.isKnown));
  });
});
