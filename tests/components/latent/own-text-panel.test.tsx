// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OwnTextPanel } from "@/components/latent/own-text-panel";
import type { readText } from "@/lib/client/read-text";
import type { TextEvent } from "@/lib/contract/read-text";
import { packed, reading } from "@/tests/components/text/readings";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";
import { renderPage, testClient } from "@/tests/support/page";
import { typeInto } from "@/tests/support/typed-field";

type Ongoing = { readonly asked: Parameters<typeof readText>; readonly end: () => void };
const ongoing: Ongoing[] = [];
vi.mock("@/lib/client/read-text", () => ({
  readText: (...asked: Parameters<typeof readText>) => new Promise<void>((end) => ongoing.push({ asked, end })),
}));

beforeEach(() => {
  ongoing.length = 0;
});
afterEach(cleanup);

const client = testClient();
const draw = (index: number) => {
  const detail = latentDetailWith({ row: latentRowWith({ module: "first", index }) });
  renderPage(<OwnTextPanel runId="r" detail={detail} noun="latent" isDense={false} />, client);
};
const read = () => screen.getByRole<HTMLButtonElement>("button", { name: "Read" });

it("colours a person's text by the latent, and keeps it for the run's other latents without reading it again", async () => {
  draw(3);
  expect(read().disabled).toBe(true);
  typeInto("Text to read with this latent", "Moses said");
  fireEvent.keyDown(screen.getByLabelText("Text to read with this latent"), { key: "Enter", ctrlKey: true });
  expect(ongoing.map(({ asked }) => [asked[0], asked[1]])).toEqual([["r", { text: "Moses said", attribution: false }]]);
  expect(screen.getByRole("status").textContent).toContain("Reading");
  const events: TextEvent[] = [
    { kind: "tokens", tokens: ["Moses", " said"].map((text, id) => ({ id, text, loss: null })), modules: 1, isTruncated: false },
    packed(reading("first", 1, { indices: [3, 5], activations: [2.5, 4] })),
    { kind: "end", seconds: 1 },
  ];
  await act(async () => {
    for (const event of events) ongoing[0]?.asked[2](event);
    ongoing[0]?.end();
  });
  expect(screen.getByText("Moses").title).toBe("2.50");
  expect(screen.getByText(/^Fires at 1 of 2 tokens; strongest 2.50/)).toBeTruthy();
  expect(screen.getByRole("link", { name: "All latents on this text" }).getAttribute("href")).toBe(
    "/runs/r/text#text=Moses+said&latent=first*3",
  );
  cleanup();
  draw(5);
  expect(screen.getByText(/^Fires at 1 of 2 tokens; strongest 4/)).toBeTruthy();
  expect(ongoing).toHaveLength(1);
});
