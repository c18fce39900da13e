// @vitest-environment happy-dom
import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { guessMapping, rowUseFor } from "@/components/new-run/guess-mapping";
import { MappingFields } from "@/components/new-run/mapping-fields";
import { rolesOf } from "@/components/new-run/mapping-roles";
import { tasks } from "@/lib/contract/tasks/tasks";
import { dataSet as small } from "./small-data-set";
import { model } from "./small-model";

const images = {
  resize: null,
  filter: null,
  size: { height: 8, width: 8 },
  patch: { height: 4, width: 4 },
  channels: 3,
  mean: null,
  std: null,
};
const reader = { ...model, images: { ...images, tokensInPrompt: 4 } };
const dataSet = {
  ...small,
  mapping: null,
  domains: [],
  columns: ["image", "caption", "style"].map((name) => ({ name, samples: [] })),
};

describe("rows for a model that reads images within texts", () => {
  it("are texts with the column of images, a caption where no column is called a text", () => {
    expect(rowUseFor(tasks.languageModel.initial, reader)).toBe("textsWithImages");
    expect(guessMapping(dataSet, "textsWithImages")).toEqual({ kind: "text", text: "caption", image: "image" });
    const columns = ["image", "prompt", "completion"].map((name) => ({ name, samples: [] }));
    expect(guessMapping({ ...dataSet, columns }, "textsWithImages")).toMatchObject({ kind: "promptCompletion", image: "image" });
  });

  it("are offered a column of images, which rows of other models are not", () => {
    const mapping = guessMapping(dataSet, "textsWithImages");
    render(<MappingFields dataSet={dataSet} mapping={mapping} use="textsWithImages" onMapping={() => {}} />);
    expect(screen.getByText("Image")).toBeTruthy();
    expect(rolesOf(mapping, "texts").map(({ name }) => name)).not.toContain("image");
    expect(rowUseFor(tasks.languageModel.initial, model)).toBe("texts");
    expect(rowUseFor(tasks.classification.initial, { images })).toBe("labelledImages");
  });
});
