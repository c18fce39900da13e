import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { countLabels, readTokenRows } from "@/server/files/data/token-rows";
import { type TensorData, writeSafetensors } from "@/server/files/weights/safetensors";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const ids = ints([2, 3], [5, 6, 7, 8, 9, 0]);
const mask = ints([2, 3], [1, 1, 1, 1, 1, 0]);

describe("token rows", () => {
  it("are read as they stand, whatever the integers' width", () => {
    const path = file({ input_ids: ids, attention_mask: mask, labels: ints([2, 3], [-100, 6, 7, -100, 9, -100]) });
    const rows = readTokenRows(path, { vocab: 10, purpose: "train" });
    expect(rows).toMatchObject({ rows: 2, tokens: 3 });
    expect([...rows.labels]).toEqual([-100, 6, 7, -100, 9, -100]);
    expect(countLabels(rows)).toBe(3);
  });

  it("count every real token for the loss when they have no labels", () => {
    const rows = readTokenRows(file({ input_ids: ids, attention_mask: mask }), { purpose: "train" });
    expect([...rows.labels]).toEqual([5, 6, 7, 8, 9, -100]);
  });

  it("are all real without a mask", () => {
    expect([...readTokenRows(file({ input_ids: ids }), { purpose: "read" }).attentionMask]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it("are laid end to end over leading dimensions", () => {
    expect(readTokenRows(file({ input_ids: ints([2, 3, 1], [1, 2, 3, 4, 5, 6]) }), { purpose: "read" })).toMatchObject({
      rows: 6,
      tokens: 1,
    });
  });

  it.each<[string, Record<string, TensorData>, RegExp]>([
    ["there are none", { other: ids }, /has no tensor "input_ids"; it has other/],
    ["one dimension is missing", { input_ids: ints([3], [1, 2, 3]) }, /input_ids has shape \[3\]/],
    ["there is no row", { input_ids: ints([0, 3], []) }, /input_ids has shape \[0, 3\]/],
    [
      "an id is outside the vocabulary",
      { input_ids: ints([2, 2], [1, 2, 3, 10]) },
      /row 1, token 1: input_ids is 10, outside the vocabulary of 10/,
    ],
    ["the mask is no mask", { input_ids: ids, attention_mask: ids }, /row 0, token 0: attention_mask is 5/],
    ["a label is negative", { input_ids: ids, labels: ints([2, 3], [-1, 0, 0, 0, 0, 0]) }, /row 0, token 0: labels is -1/],
    ["padding is labelled", { input_ids: ids, attention_mask: mask, labels: ids }, /row 1, token 2: labels is 0 at padding/],
    ["shapes differ", { input_ids: ids, labels: ints([3, 2], [1, 2, 3, 4, 5, 6]) }, /labels has shape \[3, 2\] but input_ids has \[2, 3\]/],
    ["floats are given", { input_ids: { shape: [1, 2], data: Float32Array.of(1, 2) } }, /tensor "input_ids" is F32/],
    ["nothing is labelled", { input_ids: ids, labels: ints([2, 3], new Array(6).fill(-100)) }, /labels are -100 in all 2 rows/],
    ["only first tokens are labelled", { input_ids: ids, labels: ints([2, 3], [5, -100, -100, 8, -100, -100]) }, /no token carries loss/],
  ])("are refused when %s", (_, tensors, message) => {
    expect(() => readTokenRows(file(tensors), { vocab: 10, purpose: "train" })).toThrow(message);
  });
});

function ints(shape: number[], values: number[]): TensorData {
  return { shape, data: Int32Array.from(values) };
}

function file(tensors: Record<string, TensorData>): string {
  const path = join(temporaryFolder(), "rows.safetensors");
  writeSafetensors(path, tensors);
  return path;
}
