import { describe, expect, it } from "vitest";
import { conceptColumns, formFor, namesConcepts, requestOf, textDataSets } from "@/components/concepts/detection-form";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { dataSet } from "@/tests/components/new-run/small-data-set";

function dataSetOf(columns: Readonly<Record<string, number | null>>, changes: Partial<DataSetSummary> = {}): DataSetSummary {
  return { ...dataSet, columns: Object.entries(columns).map(([name, distinct]) => ({ name, samples: [], distinct })), ...changes };
}

describe("The form of a detection", () => {
  it("takes the concepts that a dataset names itself", () => {
    const axbench = dataSetOf({ input: null, output: null, output_concept: 11, category: 3, concept_id: 11 });
    const own = dataSetOf({ text: null, concept: 4, category: 2 });
    expect([axbench, own].map(namesConcepts)).toEqual([true, true]);
    expect(formFor(own)).toEqual({ dataSetId: "d", by: "", probe: true });
    expect(requestOf(formFor(own), own)).toEqual({ dataSetId: "d", by: null, probe: true });
  });

  it("takes the values of a column otherwise: the domain first", () => {
    const topics = dataSetOf({ text: null, author: 7, topic: 3, language: 1 });
    expect(conceptColumns(topics)).toEqual(["author", "topic"]);
    expect(formFor(topics)).toEqual({ dataSetId: "d", by: "author", probe: true });
    const mapped = { ...topics, mapping: { kind: "text", text: "text", domain: "topic" } as const };
    expect(requestOf(formFor(mapped), mapped)).toEqual({ dataSetId: "d", by: "topic", probe: true });
  });

  it("says what is missing where there are no concepts", () => {
    const plain = dataSetOf({ text: null, id: 5000 });
    expect(requestOf(formFor(plain), plain)).toMatch(/^This dataset names no concepts/);
    expect(requestOf(formFor(undefined), undefined)).toBe("Choose a dataset");
  });

  it("offers no images", () => {
    const images = dataSetOf({}, { mapping: { kind: "labelledImage", image: "image", label: "label" } });
    expect(textDataSets([dataSet, images])).toEqual([dataSet]);
  });
});
