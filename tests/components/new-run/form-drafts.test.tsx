// @vitest-environment happy-dom
import { cleanup, screen } from "@testing-library/react";
import type { ComponentType } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { model } from "@/tests/components/new-run/small-model";
import { textIn, typeInto } from "@/tests/support/typed-field";
import { dataSet } from "./small-data-set";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ push: () => undefined }),
  usePathname: () => "/runs/new",
  useSearchParams: () => new URLSearchParams(),
}));

beforeEach(() => {
  sessionStorage.clear();
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("fetch failed");
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const pages: ReadonlyArray<readonly [string, () => Promise<ComponentType>]> = [
  ["a new run", async () => (await import("@/components/new-run/new-run-page")).NewRunPage],
  ["a new experiment", async () => (await import("@/components/experiments/form/new-experiment-page")).NewExperimentPage],
  ["an import of a run", async () => (await import("@/components/runs/import/import-run-page")).ImportRunPage],
];

/** Opens a page as the browser does: modules hold nothing yet. */
async function load(page: () => Promise<ComponentType>) {
  cleanup();
  vi.resetModules();
  const [{ renderPage, testClient }, { modelsQuery }, { dataSetsQuery }, Page] = await Promise.all([
    import("@/tests/support/page"),
    import("@/lib/client/models"),
    import("@/lib/client/data"),
    page(),
  ]);
  const client = testClient();
  client.setQueryData(modelsQuery().queryKey, [model]);
  client.setQueryData(dataSetsQuery().queryKey, [dataSet]);
  renderPage(<Page />, client);
}

it.each([
  ["a new run", pages[0], "Steps", "12e", "Not a whole number"],
  ["a new run", pages[0], "Active per token, k, exactly", "2.000", "Can be read in two ways: write 2000 or 2"],
  ["a new experiment", pages[1], "Steps", "2.000", "Can be read in two ways: write 2000 or 2"],
] as const)(
  "what cannot be read in the form of %s stands there as typed, with the reason, after the page is loaded anew",
  async (_name, page, label, text, reason) => {
    for (const isFirst of [true, false]) {
      await load(page?.[1] ?? expect.fail());
      if (isFirst) typeInto(label, text);
    }
    expect(textIn(label)).toBe(text);
    expect(screen.getByText(reason)).toBeTruthy();
    typeInto(label, "7");
    await load(page?.[1] ?? expect.fail());
    expect(textIn(label)).toBe("7");
  },
);

it.each(pages)("the form of %s is as it was typed after the page is loaded anew", async (_name, page) => {
  for (const isFirst of [true, false]) {
    await load(page);
    if (isFirst) typeInto("Name", "three seeds");
  }
  expect(textIn("Name")).toBe("three seeds");
});
