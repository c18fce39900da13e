import { expect, it } from "vitest";
import { pagesFor } from "@/components/latent-table/pages-for";

it("asks for the pages in sight and for the first, which says how many rows there are", () => {
  expect(pagesFor(0, 40, 100)).toEqual([0]);
  expect(pagesFor(90, 110, 100)).toEqual([0, 100]);
  expect(pagesFor(730, 930, 100)).toEqual([0, 700, 800, 900]);
});
