// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LatentScreen } from "@/components/latent/latent-screen";
import type { LatentDetail } from "@/lib/contract/latent";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";
import { renderPage } from "@/tests/support/page";

const replace = vi.fn();
vi.mock("next/navigation", () => ({
  useRouter: () => ({ replace, push: () => {} }),
  useSearchParams: () => new URLSearchParams(window.location.search),
}));

const name = "model.layers.2.self_attn.v_proj";
const collection = collectionWith({
  modules: [
    {
      ...{ name, layer: 2, projection: "v_proj", numLatents: 7, dead: 0, alwaysOn: 0, colourMax: 5 },
      ...{ updateNorm: null, frozenNorm: null, updateRange: null, meanAbsAttribution: null },
    },
  ],
});
const related = { module: name, index: 5, value: 0.9, label: null, automaticLabel: "·cups, ·tbsp" };

function detailOf(index: number): LatentDetail {
  return latentDetailWith({
    row: latentRowWith({ module: name, index }),
    next: index === 3 ? { module: name, index: 4 } : null,
    previous: null,
    related: { decoder: [related], encoder: [], firesWith: [], sampled: 0 },
  });
}

beforeEach(() => {
  replace.mockClear();
  vi.stubGlobal("scrollTo", vi.fn());
  vi.stubGlobal(
    "fetch",
    vi.fn(async (path: string) => {
      const index = /\/latents\/.*\/(\d+)/.exec(path)?.[1];
      if (path.startsWith("/api/runs/r/collections")) return Response.json({ collections: [collection] });
      if (index !== undefined) return Response.json(detailOf(Number(index)));
      return Response.json({ error: { code: "not_found", message: "not there" } }, { status: 404 });
    }),
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});

async function drawLatent(index: number) {
  window.history.replaceState(null, "", `/runs/r/latents/${name}/${index}`);
  renderPage(<LatentScreen home={{ kind: "run", runId: "r" }} module={name} index={index} />);
  await screen.findByText("Examples");
}

it("names the latent as lists do, and has its label and what it writes in the main column", async () => {
  await drawLatent(3);
  const main = within(screen.getByRole("main"));
  expect(main.getByRole("heading", { name: "L2 v_proj #3" }).title).toBe(name);
  expect(main.getByLabelText("Label")).toBeTruthy();
  expect(main.getByRole("heading", { name: "Effect on logits" })).toBeTruthy();
});

it("shows automatic labels of related latents that have none of their own", async () => {
  await drawLatent(3);
  expect(screen.getByText("·cups, ·tbsp").tagName).toBe("I");
});

it("lists the table around it where its address does not say the row", async () => {
  const rows = [8, 3, 6].map((index) => latentRowWith({ module: name, index }));
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    if (path.includes("/latents?")) return Response.json({ rows, total: 151, totalUnfiltered: 200, totalFolded: 0 });
    return path.includes("/latents/") ? Response.json({ ...detailOf(3), place: 101 }) : fetch(path, init);
  });
  await drawLatent(3);
  const rail = within(await screen.findByRole("navigation", { name: "Latents in the table's order" }));
  await rail.findByText("151 latents");
  expect(rail.getAllByRole("link").map(({ textContent }) => /#\d+/.exec(textContent ?? "")?.[0])).toEqual([undefined, "#8", "#3", "#6"]);
  expect(rail.getByText("100 before")).toBeTruthy();
});

it("leads to a neighbour by key and button, and shows there the part of the page that was in sight", async () => {
  await drawLatent(3);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Previous latent" }).disabled).toBe(true);
  const href = screen.getByRole("link", { name: "Next latent" }).getAttribute("href");
  Object.defineProperty(window, "scrollY", { value: 700, configurable: true });
  fireEvent.keyDown(document.body, { key: "j" });
  expect(replace).toHaveBeenCalledWith(href, { scroll: false });
  expect(window.scrollTo).not.toHaveBeenCalled();
  cleanup();
  await drawLatent(4);
  expect(window.scrollTo).toHaveBeenCalledExactlyOnceWith(0, 700);
  cleanup();
  await drawLatent(4);
  expect(window.scrollTo).toHaveBeenCalledOnce();
});

it("shows the examples before what the latent does", async () => {
  await drawLatent(3);
  const [, ...panels] = screen.getAllByRole("heading", { level: 2 }).map(({ textContent }) => textContent);
  expect(panels).toEqual(["Activations when firing", "Examples", "Effect on logits", "Your text"]);
});
