// @vitest-environment happy-dom
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { JobsPage } from "@/components/jobs/jobs-page";
import { renderPage } from "@/tests/support/page";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it.each(["/api/runs", "/api/tasks"])("says that the jobs cannot be read when %s alone fails", async (failing) => {
  const snapshot = { next: 1, open: [] };
  vi.stubGlobal("fetch", async (path: string) =>
    path === failing || path === "/api/status"
      ? Response.json({ error: { code: "internal", message: "broken here" } }, { status: 500 })
      : Response.json({ runs: [], tasks: [], snapshot }),
  );
  renderPage(<JobsPage />);
  expect(await screen.findByText("Could not load the jobs")).toBeTruthy();
});
