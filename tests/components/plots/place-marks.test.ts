import { expect, it } from "vitest";
import { placeMarks } from "@/components/plots/place-marks";

const levels = (marks: Parameters<typeof placeMarks>[0]) => placeMarks(marks, 0, 300).map(({ level, anchor }) => [level, anchor]);

it("centres labels that have room", () => {
  expect(
    levels([
      { label: "p50", x: 50 },
      { label: "max", x: 200 },
    ]),
  ).toEqual([
    [0, "middle"],
    [0, "middle"],
  ]);
});

it("aligns a label to the end it would run over", () => {
  expect(levels([{ label: "max 14.2", x: 290 }])).toEqual([[0, "end"]]);
  expect(levels([{ label: "min −3.1", x: 8 }])).toEqual([[0, "start"]]);
});

it("puts the later of two that meet one line higher, and leaves out the third", () => {
  expect(
    levels([
      { label: "max 14.2", x: 150 },
      { label: "p99 14.1", x: 148 },
      { label: "p95 14.0", x: 146 },
      { label: "p90 13.9", x: 144 },
    ]).map(([level]) => level),
  ).toEqual([0, 1, 1, null]);
});

it("labels marks on one line once", () => {
  expect(
    levels([
      { label: "max 29.2", x: 150 },
      { label: "p50 21.4", x: 60 },
      { label: "p99 29.2", x: 150.4 },
    ]).map(([level]) => level),
  ).toEqual([0, 0, null]);
});
