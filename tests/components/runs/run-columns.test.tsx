// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defaultRunColumns, fittingRunColumns, runColumnKeys } from "@/components/runs/run-columns";
import { RunsPage } from "@/components/runs/runs-page";
import { jobsQuery } from "@/lib/client/jobs";
import { runsQuery } from "@/lib/client/runs";
import { renderPage, testClient } from "@/tests/support/page";
import { runDetailFixture } from "./run-detail-fixture";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ push: () => undefined }),
  usePathname: () => "/",
  useSearchParams: () => new URLSearchParams(window.location.search),
}));

const { run } = runDetailFixture({ steps: 10, step: 2 });

beforeEach(() => {
  localStorage.clear();
  window.history.replaceState(null, "", "/");
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("away");
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open() {
  const client = testClient();
  const snapshot = { next: 1, open: [] };
  client.setQueryData(runsQuery().queryKey, { runs: [{ ...run, seed: 7 }], snapshot });
  client.setQueryData(jobsQuery().queryKey, { tasks: [], snapshot });
  renderPage(<RunsPage />, client);
}

const heads = () => within(screen.getByRole("table")).getAllByRole("columnheader");
const hasColumn = (name: RegExp) => heads().some((head) => name.test(head.textContent ?? ""));

describe("the columns of runs", () => {
  it("are chosen in a menu, kept in this browser, and put back by one press", () => {
    open();
    expect(hasColumn(/^Seed/)).toBe(false);
    fireEvent.click(screen.getByRole("button", { name: "Columns" }));
    fireEvent.click(screen.getByLabelText("Seed"));
    fireEvent.click(screen.getByLabelText("Peak memory"));
    expect(hasColumn(/^Seed/)).toBe(true);
    expect(hasColumn(/^Peak memory/)).toBe(false);
    cleanup();
    window.history.replaceState(null, "", "/");
    open();
    expect(hasColumn(/^Seed/)).toBe(true);
    expect(hasColumn(/^Peak memory/)).toBe(false);
    fireEvent.click(screen.getByRole("button", { name: "Columns" }));
    fireEvent.click(screen.getByRole("button", { name: "Reset columns" }));
    expect(hasColumn(/^Seed/)).toBe(false);
    expect(hasColumn(/^Peak memory/)).toBe(true);
    expect(localStorage.length).toBe(0);
  });

  it("have a cell each in every row", () => {
    window.history.replaceState(null, "", `/?columns=${runColumnKeys.join(",")}`);
    open();
    const cells = document.querySelectorAll("tr[data-run] > td");
    expect(cells).toHaveLength(heads().length);
    expect(heads()).toHaveLength(runColumnKeys.length + 1);
  });

  const hiddenAt = (window: number) => {
    const shown = fittingRunColumns(defaultRunColumns, window - 50).map(({ key }) => key);
    return defaultRunColumns.filter((key) => !shown.includes(key));
  };

  it("give way as the server's page, which knows no width, has it", () => {
    const style = readFileSync("components/runs/runs.module.css", "utf8");
    const rules = [...style.matchAll(/max-width: (\d+)px\) \{\s+\.unmeasured \.(\w+) \{/g)].map(
      ([, width, key]) => [Number(width), key] as const,
    );
    expect(rules.map(([, key]) => key)).toEqual(["created", "memory", "step", "plot"]);
    for (const [width, key] of rules) {
      expect(hiddenAt(width + 1)).not.toContain(key);
      expect(hiddenAt(width)).toContain(key);
    }
  });

  it("have room for others where some are left out", () => {
    expect(hiddenAt(1100)).toContain("created");
    const chosen = defaultRunColumns.filter((key) => key !== "plot");
    expect(fittingRunColumns(chosen, 1080).map(({ key }) => key)).toEqual(chosen);
  });
});
