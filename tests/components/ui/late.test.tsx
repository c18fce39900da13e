// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Late, latePart } from "@/components/ui/late";

afterEach(cleanup);

it("a part whose code does not come says so in its place, and is loaded by another try", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  let tries = 0;
  const form = latePart<{ readonly name: string }>(async () => {
    tries++;
    if (tries === 1) throw new Error("Failed to load chunk");
    return ({ name }) => <p>Form of {name}</p>;
  });
  render(<Late part={form} props={{ name: "a run" }} failure="Could not load the form" waiting={<p>Loading…</p>} />);
  expect(screen.getByText("Loading…")).toBeTruthy();
  const failure = await screen.findByRole("alert");
  expect(failure.textContent).toContain("Could not load the form");
  expect(failure.textContent).toContain("Failed to load chunk");
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Form of a run")).toBeTruthy();
  expect(tries).toBe(2);
});
