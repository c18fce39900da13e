// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { KeySheet } from "@/components/shell/key-sheet";

afterEach(cleanup);

const sheet = () => screen.queryByRole("dialog", { name: "Keyboard shortcuts" });

it("takes the focus when its key opens it, and returns it to where it was", async () => {
  render(
    <>
      <a href="/runs/a">a run</a>
      <KeySheet />
    </>,
  );
  const link = screen.getByRole("link", { name: "a run" });
  link.focus();
  fireEvent.keyDown(link, { key: "?" });
  await waitFor(() => expect(document.activeElement).toBe(sheet()));
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "Escape" });
  await waitFor(() => expect(sheet()).toBeNull());
  await waitFor(() => expect(document.activeElement).toBe(link));
});

it("leaves the focus nowhere where nothing had it, so that Enter does what it did before", async () => {
  render(<KeySheet />);
  fireEvent.keyDown(document.body, { key: "?" });
  await waitFor(() => expect(document.activeElement).toBe(sheet()));
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "?" });
  await waitFor(() => expect(sheet()).toBeNull());
  await new Promise((resolve) => setTimeout(resolve));
  expect(document.activeElement).toBe(document.body);
});
