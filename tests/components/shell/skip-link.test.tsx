// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { SkipLink } from "@/components/shell/skip-link";

afterEach(cleanup);

it("moves the focus to the main part and leaves the page's state after # as it is", () => {
  location.hash = "#prompt=a";
  render(
    <>
      <SkipLink />
      <div id="content">
        <nav>tabs</nav>
        <main>text</main>
      </div>
    </>,
  );
  fireEvent.click(screen.getByRole("link", { name: "Skip to content" }));
  expect(document.activeElement).toBe(screen.getByRole("main"));
  expect(location.hash).toBe("#prompt=a");
});
