// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { keepRailFocus, LatentRail } from "@/components/latent/latent-rail";
import type { TablePlace } from "@/components/latent/use-table-place";
import { readLatentParams } from "@/components/latents/latent-params";

const module = "layers.0.q_proj";
const place: TablePlace = {
  entries: [7, 3, 5].map((index) => ({ latent: { module, index }, row: null, href: `/runs/r/latents/${module}/${index}` })),
  total: 3,
  before: 0,
  after: 0,
  previousHref: null,
  nextHref: null,
};

const rail = (index: number, of = place) => (
  <LatentRail
    key={index}
    home={{ kind: "run", runId: "r" }}
    collection={null}
    params={readLatentParams("")}
    current={{ module, index }}
    place={of}
    noun="latent"
  />
);
const link = (name: RegExp) => screen.getByRole("link", { name });
const stops = () => screen.getAllByRole("link").filter(({ tabIndex }) => tabIndex === 0);
const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });

afterEach(cleanup);

it("is one stop of the Tab key, in which arrows, Home and End move and which then is where they led", () => {
  render(rail(3));
  expect(stops()).toEqual([link(/#3/)]);
  link(/#3/).focus();
  press("ArrowDown");
  expect(document.activeElement).toBe(link(/#5/));
  expect(stops()).toEqual([link(/#5/)]);
  press("ArrowDown");
  expect(document.activeElement).toBe(link(/#5/));
  press("Home");
  expect(document.activeElement).toBe(link(/3 latents/));
  press("ArrowDown");
  expect(document.activeElement).toBe(link(/#7/));
  press("End");
  expect(document.activeElement).toBe(link(/#5/));
});

it("has its head on one line, the order cut where there is no room", () => {
  render(rail(3));
  const order = link(/3 latents/).nextElementSibling;
  expect([order?.textContent, order?.classList.contains("cut")]).toEqual(["in reading order", true]);
});

it("keeps the focus when another latent is opened, and takes none that it did not have", () => {
  const { rerender } = render(rail(3));
  keepRailFocus();
  rerender(rail(5));
  expect(document.activeElement).toBe(document.body);
  link(/#5/).focus();
  keepRailFocus();
  rerender(rail(7));
  expect(document.activeElement).toBe(link(/#7/));
  expect(stops()).toEqual([link(/#7/)]);
});

it("opens with the latent that is shown halfway down what is in sight, and leaves the page where it is", () => {
  const box = (top: number, height: number) => ({ top, height, bottom: top + height }) as DOMRect;
  const boxes = vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function (this: Element) {
    return this.tagName === "NAV" ? box(100, 2000) : box(1500, 46);
  });
  const scrolled = vi.spyOn(Element.prototype, "scrollIntoView");
  const entries = Array.from({ length: 30 }, (_, index) => ({ latent: { module, index }, row: null, href: `/${index}` }));
  render(rail(29, { ...place, entries }));
  const list = screen.getByRole("navigation");
  expect(list.scrollTop).toBe(1523 - (100 + window.innerHeight) / 2);
  expect(scrolled).not.toHaveBeenCalled();
  boxes.mockRestore();
  scrolled.mockRestore();
});
