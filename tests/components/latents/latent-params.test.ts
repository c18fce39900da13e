import { describe, expect, it } from "vitest";
import { filterChips } from "@/components/latents/filter-chips";
import { readLatentParams, toggleSort, withFilters, withoutFilters, writeLatentParams } from "@/components/latents/latent-params";

const read = (text: string) => readLatentParams(new URLSearchParams(text));

describe("the table's address", () => {
  it("has no query string for the table as it first opens", () => {
    expect(writeLatentParams(read(""))).toBe("");
  });

  it("gives back what it was written from", () => {
    const params = withFilters(read("collection=c7&sort=density&order=asc&state=alive"), {
      layer: 3,
      token: " of",
      densityMin: 1e-4,
      selectivityMax: 0.5,
    });
    expect(read(writeLatentParams(params).slice(1))).toEqual(params);
  });

  it("keeps layer 0, which is a filter too", () => {
    expect(read("layer=0").layer).toBe(0);
    expect(writeLatentParams(read("layer=0"))).toBe("?layer=0");
  });

  it("opens with defaults where it makes no sense", () => {
    expect(read("sort=colour&order=asc&layer=1.5")).toEqual(read(""));
    expect(read("densityMin=much&collection=c2")).toEqual({ ...read(""), collectionId: "c2" });
  });
});

describe("changing the table", () => {
  it("turns the order on a second click, and starts a new column with its most telling end", () => {
    const params = read("");
    expect(toggleSort(params, "fireCount").order).toBe("asc");
    expect(toggleSort(params, "density")).toMatchObject({ sort: "density", order: "desc" });
    expect(toggleSort(params, "module")).toMatchObject({ sort: "module", order: "asc" });
  });

  it("lifts a filter that is set to undefined and leaves the others", () => {
    expect(withFilters(read("layer=3&domain=law"), { layer: undefined })).toEqual(read("domain=law"));
  });

  it("lifts all filters and keeps collection and order", () => {
    expect(withoutFilters(read("collection=c7&sort=density&layer=3&state=dead&token=a"))).toEqual(read("collection=c7&sort=density"));
  });
});

describe("filters in words", () => {
  it("say each filter once, with the table that lacks it", () => {
    const params = read("layer=9&densityMin=0.0001&densityMax=0.01&token=of&state=dead");
    expect(filterChips(params).map(({ label }) => label)).toEqual(["layer 9", "dead", "token “of”", "density 10⁻⁴ – 0.010"]);
    expect(filterChips(params)[0]?.without).toEqual(read("densityMin=0.0001&densityMax=0.01&token=of&state=dead"));
  });

  it("name an open end", () => {
    expect(filterChips(read("maxActivationMin=7")).map(({ label }) => label)).toEqual(["max from 7.00"]);
    expect(filterChips(read("selectivityMax=0.5")).map(({ label }) => label)).toEqual(["selectivity below 50\u202f%"]);
  });
});
