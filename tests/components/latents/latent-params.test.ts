import { describe, expect, it } from "vitest";
import { filterChips } from "@/components/latents/filter-chips";
import {
  rangesOf,
  readLatentParams,
  tableParameters,
  toggleSort,
  withFilters,
  withoutFilters,
  withRange,
  writeLatentParams,
} from "@/components/latents/latent-params";
import { latentQuery } from "@/lib/contract/latent";
import { positionKinds } from "@/lib/contract/positions/position-kinds";

const read = (text: string) => readLatentParams(new URLSearchParams(text));

describe("the table's address", () => {
  it("has no query string for the table as it first opens", () => {
    expect(writeLatentParams(read(""))).toBe("");
  });

  it("begins with what is worth reading, or with the order that its home has", () => {
    expect(read("").sort).toBe("readingOrder");
    const ofDictionary = readLatentParams(new URLSearchParams("state=alive"), "fireCount");
    expect(ofDictionary.sort).toBe("fireCount");
    expect(writeLatentParams(ofDictionary, "fireCount")).toBe("?state=alive");
    expect(writeLatentParams(ofDictionary)).toBe("?sort=fireCount&state=alive");
  });

  it("gives back what it was written from", () => {
    const filtered = withFilters(read("collection=c7&sort=density&order=asc&state=alive"), {
      layerFrom: 3,
      layerTo: 5,
      search: " of",
      labelled: "none",
    });
    const params = withRange(withRange(filtered, { column: "density", from: 1e-4, to: null }), {
      column: "selectivity",
      from: null,
      to: 0.5,
    });
    expect(read(writeLatentParams(params).slice(1))).toEqual(params);
  });

  it("is a selection as the server takes it", () => {
    const params = read("collection=c7&ranges=density:0.0001..0.01&layerFrom=2");
    expect(latentQuery.parse({ ...params, collectionId: "c7" })).toMatchObject({
      collectionId: "c7",
      layerFrom: 2,
      ranges: [{ column: "density", from: 1e-4, to: 1e-2 }],
    });
  });

  it("uses only names that it says are its own", () => {
    const full = read(
      "collection=c&sort=index&order=asc&state=dead&module=m&projection=p&domain=d&ranges=density:1..&search=s&labelled=any&layerFrom=1&layerTo=2&duplicates=shown",
    );
    expect([...new URLSearchParams(writeLatentParams(full)).keys()].sort()).toEqual(Object.keys(tableParameters).sort());
  });

  it("keeps layer 0, which is a filter too", () => {
    expect(read("layerFrom=0").layerFrom).toBe(0);
    expect(writeLatentParams(read("layerFrom=0"))).toBe("?layerFrom=0");
  });

  it("opens with defaults where it makes no sense", () => {
    expect(read("sort=colour&order=asc&layerFrom=1.5")).toEqual(read(""));
    expect(read("ranges=density:much..&collection=c2")).toEqual({ ...read(""), collectionId: "c2" });
  });
});

describe("changing the table", () => {
  it("turns the order on a second click, and starts a new column with its most telling end", () => {
    const params = read("");
    expect(toggleSort(params, "readingOrder").order).toBe("asc");
    expect(toggleSort(params, "outputShare")).toMatchObject({ sort: "outputShare", order: "desc" });
    expect(toggleSort(params, "density")).toMatchObject({ sort: "density", order: "desc" });
    expect(toggleSort(params, "module")).toMatchObject({ sort: "module", order: "asc" });
    expect(toggleSort(params, "label")).toMatchObject({ sort: "label", order: "asc" });
  });

  it("lifts a filter that is set to undefined and leaves the others", () => {
    expect(withFilters(read("layerFrom=3&domain=law"), { layerFrom: undefined })).toEqual(read("domain=law"));
  });

  it("has one range a column, and none where both ends are open", () => {
    const params = withRange(read("ranges=density:0.1..0.2,maxActivation:4.."), { column: "density", from: 0.3, to: null });
    expect(rangesOf(params)).toEqual([
      { column: "maxActivation", from: 4, to: null },
      { column: "density", from: 0.3, to: null },
    ]);
    expect(withRange(read("ranges=density:0.1.."), { column: "density", from: null, to: null })).toEqual(read(""));
  });

  it("lifts all filters and keeps collection and order", () => {
    expect(withoutFilters(read("collection=c7&sort=density&layerTo=3&state=dead&search=a&ranges=density:1.."))).toEqual(
      read("collection=c7&sort=density"),
    );
  });
});

describe("filters in words", () => {
  it("say each filter once, with the table that lacks it", () => {
    const params = read("layerFrom=9&layerTo=14&ranges=density:0.0001..0.01&search=of&state=dead&labelled=none");
    expect(filterChips(params, positionKinds.token).map(({ label }) => label)).toEqual([
      "layers 9–14",
      "dead",
      "token or label “of”",
      "unlabelled",
      "density 10⁻⁴ – 0.010",
    ]);
    expect(filterChips(params, positionKinds.token)[0]?.without).toEqual(
      read("ranges=density:0.0001..0.01&search=of&state=dead&labelled=none"),
    );
  });

  it("name an open end", () => {
    const words = (text: string) => filterChips(read(text), positionKinds.token).map(({ label }) => label);
    expect(words("ranges=maxActivation:7..")).toEqual(["max from 7.00"]);
    expect(words("ranges=selectivity:..0.5")).toEqual(["selectivity up to 0.50"]);
    expect(words("ranges=ablation:-0.0021..")).toEqual(["Δ loss from −0.00210"]);
    expect(words("layerFrom=4&layerTo=4")).toEqual(["layer 4"]);
    expect(words("layerTo=4")).toEqual(["layers up to 4"]);
  });
});
