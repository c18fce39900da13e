// @vitest-environment happy-dom
import { cleanup, createEvent, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { RunHeader } from "@/components/runs/run-header";
import { renderPage } from "@/tests/support/page";

vi.mock("next/navigation", () => ({ usePathname: () => "/runs/r/steer", useRouter: () => ({}) }));
vi.mock("next/link", () => ({ default: (props: object) => <a {...props} /> }));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("a click on the open tab leaves its address as it is, edits and all; other tabs open, and so does another window", () => {
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  vi.stubGlobal(
    "EventSource",
    class {
      close() {}
    },
  );
  renderPage(<RunHeader runId="r" />);
  const isTaken = (name: string, keys: object = {}) => {
    const link = screen.getByRole("link", { name });
    const click = createEvent.click(link, keys);
    fireEvent(link, click);
    return !click.defaultPrevented;
  };
  expect(isTaken("Steer")).toBe(false);
  expect(isTaken("Latents")).toBe(true);
  expect(isTaken("Steer", { ctrlKey: true })).toBe(true);
});

it("brings the open tab to the middle where the tabs are wider than the window", () => {
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  vi.stubGlobal(
    "EventSource",
    class {
      close() {}
    },
  );
  const sizes = { offsetLeft: 300, offsetWidth: 40, clientWidth: 100 };
  const measured = Object.entries(sizes).map(([name, size]) =>
    vi.spyOn(HTMLElement.prototype, name as keyof typeof sizes, "get").mockReturnValue(size),
  );
  renderPage(<RunHeader runId="r" />);
  expect(screen.getByRole("navigation", { name: "Run" }).scrollLeft).toBe(270);
  for (const spy of measured) spy.mockRestore();
});
