import { describe, expect, it } from "vitest";
import { demandBatch, paddingOf, positionsOf } from "@/server/engine/models/batch";
import { predictionsOf } from "@/server/engine/models/head-loss";

const mask = (...rows: string[]) => ({
  rows: rows.length,
  tokens: rows[0]?.length ?? 0,
  attentionMask: Int32Array.from(rows.join(""), Number),
  ids: new Int32Array(rows.join("").length),
});

describe("positionsOf", () => {
  it("counts real tokens, holds at 0 before them and counts on after them", () => {
    expect(Array.from(positionsOf(mask("11111", "00111", "11100", "01101")))).toEqual(
      [0, 1, 2, 3, 4, 0, 0, 0, 1, 2, 0, 1, 2, 3, 4, 0, 0, 1, 2, 2].slice(0, 20),
    );
  });
});

describe("paddingOf", () => {
  it("tells padding on the right from any other", () => {
    expect(paddingOf(mask("111", "111"))).toBe("none");
    expect(paddingOf(mask("111", "100"))).toBe("right");
    expect(paddingOf(mask("110", "011"))).toBe("other");
    expect(paddingOf(mask("101"))).toBe("other");
    expect(paddingOf({ rows: 1, tokens: 2 })).toBe("none");
  });
});

describe("demandBatch", () => {
  it("names the row of what does not fit", () => {
    expect(() => demandBatch({ ...mask("111", "111"), ids: Int32Array.of(1, 2, 3, 4, 9, 6) }, 9, 5)).toThrow(
      "row 1, token 1: id 9 is not in 0…8",
    );
    expect(() => demandBatch(mask("111", "000"), 9, 5)).toThrow("row 1 of the batch is all padding");
    expect(() => demandBatch(mask("111111"), 9, 5)).toThrow("row 0: position 5 is beyond the model's context of 5 tokens");
    expect(() => demandBatch({ ids: new Int32Array(5), rows: 2, tokens: 3 }, 9, 5)).toThrow(
      "ids has 5 entries where 2 rows of 3 tokens have 6",
    );
    expect(() => demandBatch({ ids: new Int32Array(0), rows: 0, tokens: 3 }, 9, 5)).toThrow("empty");
  });
});

describe("predictionsOf", () => {
  it("pairs each label with the token before it and leaves out first tokens and masked ones", () => {
    const labels = Int32Array.of(1, 2, -100, 4, 5, 6, 7, 8);
    expect(predictionsOf({ ids: labels, labels, rows: 2, tokens: 4 }, 9)).toEqual({
      from: Int32Array.of(0, 2, 4, 5, 6),
      label: Int32Array.of(2, 4, 6, 7, 8),
    });
  });

  it("refuses a label that is no token", () => {
    const labels = Int32Array.of(1, 9);
    expect(() => predictionsOf({ ids: labels, labels, rows: 1, tokens: 2 }, 9)).toThrow("row 0, token 1: label 9 is not in 0…8");
  });
});
