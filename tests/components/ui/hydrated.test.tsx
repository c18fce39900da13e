// @vitest-environment happy-dom
import { act, cleanup } from "@testing-library/react";
import type { ReactNode } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, expect, it, vi } from "vitest";
import { LocalTime } from "@/components/ui/local-time";
import { RenderedAt, useNow } from "@/components/ui/use-now";

afterEach(() => {
  cleanup();
  document.body.replaceChildren();
  vi.useRealTimers();
});

/** What the server sends, what stands there once the browser has taken over, and where the two did not agree. */
async function takeOver(page: ReactNode) {
  const root = document.createElement("div");
  const sent = renderToString(page);
  root.innerHTML = sent;
  document.body.append(root);
  const mismatches: unknown[] = [];
  await act(async () => {
    hydrateRoot(root, page, { onRecoverableError: (error) => mismatches.push(error) });
  });
  return { sent, shown: root.textContent, mismatches };
}

it("a moment is in UTC until the browser says it in the reader's time zone", async () => {
  const { sent, shown, mismatches } = await takeOver(<LocalTime at="2026-03-03T09:12:30.000Z" format={() => "10:12"} />);
  expect(sent.replaceAll(/<[^>]*>/g, "")).toBe("2026-03-03 09:12 UTC");
  expect(shown).toBe("10:12");
  expect(mismatches).toEqual([]);
});

it("the time is the server's in what both draw, then the browser's", async () => {
  vi.useFakeTimers({ now: 9000, toFake: ["Date"] });
  const { sent, shown, mismatches } = await takeOver(
    <RenderedAt value={7000}>
      <Clock />
    </RenderedAt>,
  );
  expect(sent).toContain("7000");
  expect(shown).toBe("9000");
  expect(mismatches).toEqual([]);
});

function Clock() {
  return <p>{useNow(60_000)}</p>;
}
