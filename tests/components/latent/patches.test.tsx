// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LatentScreen } from "@/components/latent/latent-screen";
import type { LatentContext, LatentDetail } from "@/lib/contract/latent";
import { positionKindName } from "@/lib/contract/positions/positions";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";
import { renderPage } from "@/tests/support/page";

vi.mock("@/lib/contract/positions/position-kinds", async (original) => {
  const { positionKinds } = await original<typeof import("@/lib/contract/positions/position-kinds")>();
  const { patchKind } = await import("@/tests/support/patch-kind");
  return { positionKinds: { ...positionKinds, patch: patchKind } };
});
vi.mock("next/navigation", () => ({
  useRouter: () => ({ replace: () => {}, push: () => {} }),
  useSearchParams: () => new URLSearchParams(window.location.search),
}));

const positionKind = positionKindName.parse("patch");
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
  columns: 3,
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
  columns: 3,
};

beforeEach(() => {
  const answers = new Map<string, unknown>([
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

it("draws an example as a grid, each patch at its column, which arrow keys read in four directions", async () => {
  await drawPage();
  const line = screen.getByLabelText("Example of activation 4.00; arrow keys read its patches");
  expect(line.getAttribute("title")).toBe("Row 11, patch (1, 1)");
  const cells = ["patch (0, 2): 0", "patch (1, 0): 0.500", "patch (1, 1): 4.00", "patch (1, 2): 0"].map((title) =>
    screen.getByTitle(title),
  );
  expect(cells.map(({ style }) => style.gridColumn)).toEqual(["3", "1", "2", "3"]);
  const shown = () => line.querySelector("[aria-live]")?.textContent;
  fireEvent.keyDown(line, { key: "ArrowLeft" });
  expect(shown()).toBe("0.500");
  fireEvent.keyDown(line, { key: "ArrowRight" });
  fireEvent.keyDown(line, { key: "ArrowRight" });
  fireEvent.keyDown(line, { key: "ArrowUp" });
  expect(shown()).toBe("0");
});

it("draws the whole image, with a dash where no activation is stored", async () => {
  await drawPage();
  fireEvent.click(screen.getByLabelText("The whole window"));
  fireEvent.click(screen.getByText("Whole image"));
  expect((await screen.findByTitle("patch (0, 0): –")).style.gridColumn).toBe("1");
  expect(screen.getByText(/Row 11 of birds, 6 patches\./).textContent).toContain("dashed cells lie outside them");
});
