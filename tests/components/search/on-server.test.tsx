import { renderToString } from "react-dom/server";
import { afterEach, expect, it, vi } from "vitest";
import { SearchBox } from "@/components/search/search-box";

afterEach(() => vi.unstubAllGlobals());

it("is drawn on the server, which knows no keyboard", () => {
  vi.stubGlobal("navigator", undefined);
  const html = renderToString(<SearchBox />);
  expect(html).toContain("Jump to");
  expect(html).not.toMatch(/Ctrl|⌘/);
});
