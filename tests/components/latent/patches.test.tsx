// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LatentScreen } from "@/components/latent/latent-screen";
import type { LatentContext, LatentDetail } from "@/lib/contract/latent";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";
import { renderPage } from "@/tests/support/page";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ replace: () => {}, push: () => {} }),
  useSearchParams: () => new URLSearchParams(window.location.search),
}));

const positionKind = "patch";
const module = "layers.2.v_proj";
/** An image of 2 × 3 patches, of which the last four are in the window, with the peak at row 1, column 1. */
const example = {
  rank: 0,
  activation: 4,
  domain: "birds",
  context: 0,
  row: 11,
  position: 4,
  peak: 2,
  tokens: [0, 0.5, 4, 0].map((activation) => ({ text: "", activation })),
  duplicates: 0,
  grid: { columns: 3, leading: 0 },
};
const detail: LatentDetail = latentDetailWith({
  row: latentRowWith({ module, topDomain: "birds", selectivity: 0.9, selectivityInterval: [0.8, 0.95], domainCounts: [7, 0] }),
  positionKind,
  examples: [example],
  domains: [
    { name: "birds", fireCount: 7, tokens: 60 },
    { name: "boats", fireCount: 0, tokens: 50 },
  ],
});
const collection = collectionWith({ positionKind, tokens: 110, domains: detail.domains });
const context: LatentContext = {
  row: 11,
  domain: "birds",
  tokens: [null, null, 0, 0.5, 4, 0].map((activation) => ({ text: "", activation })),
  grid: { columns: 3, leading: 0 },
};

let answers: Map<string, unknown>;
beforeEach(() => {
  answers = new Map<string, unknown>([
    ["/api/runs/r/collections", { collections: [collection] }],
    [`/api/collections/c/latents/${module}/3`, detail],
    ["/api/collections/c/contexts/0", context],
  ]);
  vi.stubGlobal(
    "fetch",
    vi.fn(async (path: string) => {
      const answer = answers.get(path.split("?")[0] ?? "");
      return answer === undefined
        ? Response.json({ error: { code: "not_found", message: "not there" } }, { status: 404 })
        : Response.json(answer);
    }),
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function drawPage() {
  const page = renderPage(<LatentScreen home={{ kind: "run", runId: "r" }} module={module} index={3} />);
  await screen.findByText("Examples");
  return page;
}

it("speaks of patches, and has no panels of tokens", async () => {
  const { container } = await drawPage();
  const words = container.textContent ?? "";
  expect(words).toContain("7 patches");
  expect(words).toContain("firings of patches");
  expect(words).toContain("One patch per context. Outlined: the firing patch.");
  expect(screen.queryByText("Top tokens")).toBeNull();
  expect(screen.queryByText("Next tokens")).toBeNull();
  expect(words.toLowerCase()).not.toContain("explainer");
  expect(words.toLowerCase()).not.toContain("token");
});

it("draws an example as a grid, each patch at its cell, which arrow keys read in four directions", async () => {
  await drawPage();
  const tile = screen.getByLabelText("Example of activation 4.00 at patch 2, 2; arrow keys read its patches");
  expect(tile.getAttribute("title")).toBe("Row 11, patch 2, 2");
  const fired = [...tile.querySelectorAll<SVGPathElement>('svg[viewBox="0 0 3 2"] path')].map((path) => [
    path.getAttribute("d"),
    path.style.fill,
  ]);
  expect(fired).toEqual([
    ["M0 1h1v1h-1z", "var(--act-1)"],
    ["M1 1h1v1h-1z", "var(--act-7)"],
  ]);
  const shown = () => tile.querySelector("[aria-live]")?.textContent;
  expect(shown()).toBe("4.00");
  fireEvent.keyDown(tile, { key: "ArrowLeft" });
  expect(shown()).toBe("patch 2, 1: 0.500");
  fireEvent.keyDown(tile, { key: "ArrowRight" });
  fireEvent.keyDown(tile, { key: "ArrowRight" });
  fireEvent.keyDown(tile, { key: "ArrowUp" });
  expect(shown()).toBe("patch 1, 3: 0");
  expect(tile.querySelector("img")).toBeNull();
});

it("draws the whole grid, hatched where no activation is stored", async () => {
  await drawPage();
  fireEvent.click(screen.getByLabelText("Larger"));
  fireEvent.click(screen.getByText("Whole image"));
  expect((await screen.findByText(/Row 11 of birds, 6 patches\./)).textContent).toContain("hatched cells lie outside them");
  expect([...document.querySelectorAll("path")].map((path) => path.getAttribute("d"))).toContain("M0 0h1v1h-1zM1 0h1v1h-1z");
});

it("draws the image beside its patches, and names the class token and registers apart from them", async () => {
  const tokens = [1, 0, 0, 0, 0, 4, 0, 0].map((activation) => ({ text: "", activation }));
  const image = { ...example, tokens, position: 5, peak: 5, grid: { columns: 3, leading: 2 }, answer: "wren", hasImage: true as const };
  answers.set(`/api/collections/c/latents/${module}/3`, { ...detail, examples: [image] });
  await drawPage();
  const tile = screen.getByLabelText("Example of activation 4.00 at patch 2, 1; arrow keys read its patches");
  const shown = screen.getByAltText("Image of row 11, wren, birds");
  expect(shown.getAttribute("src")).toBe("/api/collections/c/contexts/0/image");
  expect([screen.getByTitle("class token: 1.00").textContent, screen.getByTitle("register 1: 0").textContent]).toEqual([
    "class token",
    "1",
  ]);
  expect([...tile.querySelectorAll('svg[viewBox="0 0 3 2"] path')].map((path) => path.getAttribute("d"))).toEqual(["M0 1h1v1h-1z"]);
  fireEvent.click(screen.getByLabelText("Larger"));
  expect(screen.queryByText("Whole image")).toBeNull();
});
