import { expect, it } from "vitest";
import { spaceProblem } from "@/server/files/free-space";

it("a disk without enough space never reads as if it had", () => {
  expect(spaceProblem(12_000, 11_400_000)).toContain("has 0 MB left, but 12 MB are needed");
  expect(spaceProblem(11_300_000, 11_400_000)).toContain("has 11 MB left, but 12 MB are needed");
});
