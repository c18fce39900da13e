import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { veraProjections } from "@/lib/contract/methods/vera/projections";

type Entries =
  | { readonly all: readonly number[] }
  | { readonly first: readonly number[]; readonly last: readonly number[]; readonly sum: number };
type Case = {
  readonly key: number;
  readonly rank: number;
  readonly dIn: number;
  readonly dOut: number;
  readonly A: Entries;
  readonly B: Entries;
};

/** Made by `make.py` beside it. */
const golden: { readonly cases: readonly Case[] } = JSON.parse(readFileSync("tests/golden/vera/projections.json", "utf8"));

describe("VeRA's frozen matrices", () => {
  it.each(golden.cases)("are torch's to the last bit: key $key, rank $rank, $dIn to $dOut", ({ key, rank, dIn, dOut, A, B }) => {
    const made = veraProjections({ rank, projectionKey: key }, { dIn, dOut });
    expect(made.A.shape).toEqual([rank, dIn]);
    expect(made.B.shape).toEqual([dOut, rank]);
    for (const [{ data }, expected] of [
      [made.A, A],
      [made.B, B],
    ] as const) {
      if ("all" in expected) expect([...data]).toEqual(expected.all);
      else {
        expect([...data.subarray(0, 8)]).toEqual(expected.first);
        expect([...data.subarray(-8)]).toEqual(expected.last);
        expect(data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(expected.sum, 6);
      }
    }
  });
});
