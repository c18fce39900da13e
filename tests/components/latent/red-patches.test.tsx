// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ClassTable } from "@/components/latent/class-table";
import { LatentScreen } from "@/components/latent/latent-screen";
import type { LatentDetail, LatentExample } from "@/lib/contract/latent";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";
import { renderPage } from "@/tests/support/page";
import { redPatchesOf, redPictures } from "@/tests/support/red-pictures";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ replace: () => {}, push: () => {} }),
  useSearchParams: () => new URLSearchParams(window.location.search),
}));

const module = "vit.layers.0.attention.v_proj";
/** Activations at bright and at dull red patches. */
const [bright, dull] = [2, 0.9];
const grid = { columns: 3, leading: 1 };

/** The examples of a latent that fires on red patches (`tests/server/worker/red-patches.test.ts` holds that they come so). */
const examples: LatentExample[] = redPictures
  .flatMap((picture, row) => {
    const [peak] = [...redPatchesOf(picture, ["bright"]), ...redPatchesOf(picture)];
    if (peak === undefined) return [];
    const activations = Array.from({ length: 10 }, (_, position) => {
      if (redPatchesOf(picture, ["bright"]).includes(position - 1)) return bright;
      return redPatchesOf(picture).includes(position - 1) ? dull : 0;
    });
    const tokens = activations.map((activation) => ({ text: "", activation }));
    const where = { context: row, row, position: peak + 1, peak: peak + 1, domain: null, duplicates: 0 };
    return [{ ...where, rank: 0, activation: activations[peak + 1] ?? 0, tokens, grid, answer: "red", hasImage: true as const }];
  })
  .toSorted((a, b) => b.activation - a.activation)
  .map((example, rank) => ({ ...example, rank }));
const detail: LatentDetail = latentDetailWith({
  row: latentRowWith({ module, fireCount: 7, maxActivation: bright }),
  positionKind: "patch",
  tokens: 80,
  colourMax: bright,
  examples,
  domains: [
    { name: "drawn", fireCount: 6, tokens: 60, images: { fired: 3, of: 6 } },
    { name: "photo", fireCount: 1, tokens: 20, images: { fired: 1, of: 2 } },
  ],
  classes: [
    { name: "plain", images: { fired: 0, of: 4 } },
    { name: "red", images: { fired: 4, of: 4 } },
  ],
});

beforeEach(() => {
  const answers = new Map<string, unknown>([
    ["/api/runs/r/collections", { collections: [collectionWith({ positionKind: "patch", tokens: 80 })] }],
    [`/api/collections/c/latents/${module}/3`, detail],
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

/** What is drawn of an example: its image, and the colour of each coloured patch, by the patch's number. */
function drawn(tile: HTMLElement) {
  const colours = new Map<number, string>();
  for (const path of tile.querySelectorAll<SVGPathElement>('svg[viewBox="0 0 3 3"] path')) {
    for (const [, column, row] of path.getAttribute("d")?.matchAll(/M(\d) (\d)h1v1h-1z/g) ?? [])
      colours.set(3 * Number(row) + Number(column), path.style.fill);
  }
  const image = within(tile).getByRole<HTMLImageElement>("img");
  return { src: image.getAttribute("src"), alt: image.alt, colours };
}

it("shows red pictures first and alone, coloured at their red patches, as strongly as they are red", async () => {
  renderPage(<LatentScreen home={{ kind: "run", runId: "r" }} module={module} index={3} />);
  await screen.findByText("Examples");
  const tiles = screen.getAllByRole("group", { name: /^Example of activation/ }).map(drawn);
  const pictures = tiles.map(({ alt }) => redPictures[Number(/^Image of row (\d), red$/.exec(alt)?.[1])]);
  expect(pictures.map((picture) => picture?.name)).toEqual(["red/0.png", "red/1.png", "red/3.png", "red/2.png"]);
  for (const [place, { src, colours }] of tiles.entries()) {
    const picture = pictures[place] ?? { name: "", style: "", patches: {} };
    expect(src).toBe(`/api/collections/c/contexts/${redPictures.indexOf(picture)}/image`);
    expect([...colours.keys()].sort()).toEqual(redPatchesOf(picture));
    // One scale for all pictures: a dull patch is not made to look bright where it is the strongest of its picture.
    for (const patch of redPatchesOf(picture, ["bright"])) expect(colours.get(patch)).toBe("var(--act-8)");
    for (const patch of redPatchesOf(picture, ["dull"])) expect(colours.get(patch)).toBe("var(--act-4)");
  }
});

it("says in which share of the images of each class and style it fires, with intervals over images", async () => {
  renderPage(<LatentScreen home={{ kind: "run", runId: "r" }} module={module} index={3} />);
  const linesOf = async (title: string) => {
    const panel = (await screen.findByRole("heading", { name: title })).closest("section");
    if (panel === null) throw new Error(`there is no panel ${title}`);
    expect(panel.textContent).toContain("share of images · 95 % CI");
    return within(panel)
      .getAllByRole("row")
      .map((row) =>
        within(row)
          .getAllByRole("cell")
          .map((cell) => cell.textContent?.replaceAll(/\s/g, " ")),
      );
  };
  expect(await linesOf("By class")).toEqual([
    ["red", "", "100 % [51.0, 100]", "4 of 4"],
    ["plain", "", "0 % [0, 49.0]", "0 of 4"],
  ]);
  expect(await linesOf("By domain")).toEqual([
    ["drawn", "", "50 % [18.8, 81.2]", "3 of 6"],
    ["photo", "", "50 % [9.45, 90.5]", "1 of 2"],
  ]);
});

it("shows the ten classes with the largest shares until all are asked for", async () => {
  const classes = Array.from({ length: 12 }, (_, fired) => ({ name: `class ${fired}`, images: { fired, of: 20 } }));
  render(<ClassTable classes={classes} />);
  const names = () => screen.getAllByRole("row").map((row) => within(row).getAllByRole("cell")[0]?.textContent);
  expect(names()).toEqual(Array.from({ length: 10 }, (_, place) => `class ${11 - place}`));
  fireEvent.click(screen.getByText("2 more classes"));
  expect(names().slice(-2)).toEqual(["class 1", "class 0"]);
});
