import { expect, it } from "vitest";
import { visibleParts } from "@/components/latents/visible-parts";

it.each([
  [" cups", "·cups"],
  ["a b", "a b"],
  ["\n           ", "⏎·×11"],
  ["\t\tx", "⇥⇥x"],
  ["\u001f", "<0x1F>"],
  ["a\u0000\u007f", "a<0x00><0x7F>"],
  ["", "∅"],
  ["  ", "··"],
])("shows %j as %s", (text, shown) => {
  expect(
    visibleParts(text)
      .map((part) => part.text)
      .join(""),
  ).toBe(shown);
});
