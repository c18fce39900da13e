import { renameSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { RowPreviews } from "@/server/runtime/rows/preview-rows";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layTinyDit } from "@/tests/support/tiny-denoising-training";
import { layRedAndBlue, layTinyVit } from "@/tests/support/tiny-images";

const mapping = { kind: "labelledImage", image: "image", label: "label" } as const;

async function previewOf(labels: string[] | null) {
  const folder = temporaryFolder();
  const request = {
    ...{ modelId: "m", dataSetId: "d", mapping, maxTokens: 10, useChatTemplate: false },
    ...{ task: "classification" as const, labels, from: 7, count: 2 },
  };
  return new RowPreviews().show({
    request,
    modelPath: layTinyVit(join(folder, "vit")),
    dataPath: await layRedAndBlue(join(folder, "colours")),
    domains: null,
    validationRows: 4,
  });
}

it("images are previewed by their labels, with the images of each class counted", async () => {
  const preview = await previewOf(null);
  expect(preview.rows.map(({ row, label, tokens, error }) => ({ row, label, tokens, error }))).toEqual([
    { row: 7, label: "blue", tokens: [], error: null },
    { row: 8, label: "red", tokens: [], error: null },
  ]);
  expect(preview).toMatchObject({ totalRows: 16, trainRows: 12, validationRows: 4, labelTokens: 16, tokens: 160, labelProblem: null });
  expect(preview.classes?.map(({ label, trainRows, validationRows }) => [label, trainRows + validationRows])).toEqual([
    ["blue", 8],
    ["red", 8],
  ]);
});

it("labels that cannot be learned are said in words, and leave nothing to learn", async () => {
  const preview = await previewOf(["red", "green"]);
  expect(preview.labelProblem).toMatch(/blue/);
  expect(preview.labelTokens).toBe(0);
});

it("labels of images for a diffusion model are its classes, by any of their names", async () => {
  const folder = temporaryFolder();
  const modelPath = layTinyDit(join(folder, "dit"));
  const dataPath = await layRedAndBlue(join(folder, "colours"));
  const request = {
    ...{ modelId: "m", dataSetId: "d", mapping, maxTokens: 16, useChatTemplate: false },
    ...{ task: "denoising" as const, from: 0, count: 1 },
  };
  const show = () => new RowPreviews().show({ request, modelPath, dataPath, domains: null, validationRows: 4 });
  const known = await show();
  expect(known).toMatchObject({ totalRows: 16, labelTokens: 16, labelProblem: null });
  expect(known.classes?.map(({ label, trainRows, validationRows }) => [label, trainRows + validationRows])).toEqual([
    ["red", 8],
    ["blue", 8],
  ]);
  renameSync(join(dataPath, "red"), join(dataPath, "reddish"));
  expect((await show()).classes?.map(({ label }) => label)).toEqual(["red", "blue"]);
  renameSync(join(dataPath, "reddish"), join(dataPath, "pink"));
  const unknown = await show();
  expect(unknown.labelProblem).toBe('The label "pink" is not one of the model\'s classes: red, blue, green, grey.');
  expect(unknown.labelTokens).toBe(0);
});
