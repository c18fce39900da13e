// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { StripPanel } from "@/components/generation/strips/strip-panel";
import { begin, receive } from "@/components/generation/takes/generation";
import { requestOf, token } from "@/tests/components/generation/tokens";

afterEach(cleanup);

const watched = Array.from({ length: 256 }, (_, index) => ({ module: "m", index }));
const generation = receive(begin(requestOf({ arms: ["edited"] })), [
  { kind: "start", precision: "float32", promptTokens: [], watched },
  { kind: "token", arm: "edited", token: token(5, { activations: watched.map(({ index }) => index) }) },
]);

it("shows the first 16 of 256 edited latents, and all of them on request", () => {
  const latents = { nameOf: ({ index }: { index: number }) => `L0 q_proj #${index}`, colourMaxOf: () => 300 };
  render(
    <StripPanel generation={generation} looks={{ method: "stan", other: null }} latents={latents} range={null} renderFired={() => null} />,
  );
  const named = () => screen.getAllByText(/^\d+\s+L0 q_proj #\d+/).length;
  expect(named()).toBe(16);
  expect(screen.getByText(/^The first 16 of 256 latents/)).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "Show all 256" }));
  expect(named()).toBe(256);
  fireEvent.click(screen.getByRole("button", { name: "Show the first 16" }));
  expect(named()).toBe(16);
});
