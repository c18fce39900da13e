// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { EmbedFrame } from "@/components/shell/embed-frame";

afterEach(cleanup);

it("has every link open a window of its own before the link's own handler asks, and leaves downloads as they are", () => {
  const targets: string[] = [];
  const note = vi.fn((event: React.MouseEvent<HTMLAnchorElement>) => {
    targets.push(event.currentTarget.target);
    event.preventDefault();
  });
  render(
    <EmbedFrame>
      <a href="/" onClick={note}>
        <i>Runs</i>
      </a>
      <a href="/api/file" download onClick={note}>
        file
      </a>
    </EmbedFrame>,
  );
  fireEvent.click(screen.getByText("Runs"));
  fireEvent.click(screen.getByText("file"));
  expect(targets).toEqual(["_blank", ""]);
});
