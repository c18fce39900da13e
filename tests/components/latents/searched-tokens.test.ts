import { expect, it } from "vitest";
import { searchedFirst } from "@/components/latents/searched-tokens";

const tokens = [" cups", " and", "Cup", " flour"].map((token) => ({ token, count: 3, error: 0, lift: 2 }));
const shown = (searched: string, most = 3) =>
  searchedFirst(tokens, searched, most).map(({ token, isSearched }) => (isSearched ? `[${token}]` : token));

it("shows the tokens that were searched first, whatever their case, then the others in their order", () => {
  expect(shown("cup")).toEqual(["[ cups]", "[Cup]", " and"]);
  expect(shown("FLOUR", 2)).toEqual(["[ flour]", " cups"]);
  expect(shown("a label")).toEqual([" cups", " and", "Cup"]);
  expect(shown("")).toEqual([" cups", " and", "Cup"]);
});
