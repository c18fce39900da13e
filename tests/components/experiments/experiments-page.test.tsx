// @vitest-environment happy-dom
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { ExperimentsPage } from "@/components/experiments/experiments-page";
import { experimentsQuery } from "@/lib/client/experiments";
import { renderPage, testClient } from "@/tests/support/page";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("has one way to begin while it is empty, and says what an experiment does in its order", () => {
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  const client = testClient();
  client.setQueryData(experimentsQuery().queryKey, []);
  renderPage(<ExperimentsPage />, client);
  expect(screen.getAllByRole("link").map(({ textContent }) => textContent)).toEqual(["New experiment"]);
  expect(screen.getAllByRole("listitem").map(({ textContent }) => textContent?.split(/(?=[A-Z])/)[0])).toEqual([
    "Sweep",
    "Selection",
    "Final runs",
    "Report",
  ]);
});
