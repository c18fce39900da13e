// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { Announcer, announce } from "@/components/shell/announcer";

afterEach(cleanup);

it("holds what is to be said in an element that is there before", () => {
  const { container } = render(<Announcer />);
  const region = container.querySelector("[aria-live=polite]");
  expect(region?.textContent).toBe("");
  act(() => announce("L5 v_proj #81, cups"));
  expect(screen.getByText("L5 v_proj #81, cups")).toBe(region);
});
