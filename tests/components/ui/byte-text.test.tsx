// @vitest-environment happy-dom
import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { VisibleToken } from "@/components/latents/token-chip";
import { TokenStrips } from "@/components/plots/token-strips";
import { ByteText } from "@/components/ui/byte-text";
import { shownAlone } from "@/lib/contract/token-bytes";

afterEach(cleanup);

const bytesIn = (node: React.ReactElement) =>
  [...render(node).container.querySelectorAll<HTMLElement>(".byte")].map((byte) => [byte.textContent, byte.title.slice(0, 13)]);

it("sets each byte that forms no character apart, and says what it is", () => {
  expect(bytesIn(<ByteText text={"a <0xF0><0x9F>b"} />)).toEqual([
    ["<0xF0>", "UTF-8 byte F0"],
    ["<0x9F>", "UTF-8 byte 9F"],
  ]);
  expect(document.body.textContent).toBe("a <0xF0><0x9F>b");
});

it("says of a control character that it is one", () => {
  expect(bytesIn(<VisibleToken text={"\u0007"} />)).toEqual([["<0x07>", "Control chara"]]);
});

it("leaves all other text alone", () => {
  for (const text of ["", "日🦊", "a < b", "<0xZZ>", "<div>"]) expect(bytesIn(<ByteText text={text} />)).toEqual([]);
});

it("draws the bytes of a token alone, in chips and over strips", () => {
  expect(bytesIn(<VisibleToken text=" <0xE2>" />).map(([text]) => text)).toEqual(["<0xE2>"]);
  cleanup();
  const tokens = [{ text: "", bytes: "<0xF0><0x9F>" }, { text: "🦊" }, { text: "" }].map(shownAlone);
  const strips = [{ key: "kl", short: "KL", ramp: "kl" as const, max: 1, values: [0, 0, 0] }];
  expect(bytesIn(<TokenStrips tokens={tokens} strips={strips} pointed={null} onPoint={() => undefined} />).map(([text]) => text)).toEqual([
    "<0xF0>",
    "<0x9F>",
  ]);
});
