// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it } from "vitest";
import { spanOf, type TokenSelection } from "@/components/text/move-span";
import { TokenText } from "@/components/text/token-text";

const tokens = ["And", " Moses", "\n", ""].map((text) => ({ text, colour: "transparent", ink: "", title: `token ${text}` }));

afterEach(cleanup);

function Text() {
  const [selection, setSelection] = useState<TokenSelection | null>(null);
  const span = selection === null ? null : spanOf(selection);
  return <TokenText tokens={tokens} selection={selection} span={span} onSelection={setSelection} onPoint={() => undefined} />;
}

const list = () => screen.getByRole("listbox");
const selected = () => screen.queryAllByRole("option", { selected: true }).map(({ textContent }) => textContent);
const press = (key: string, held: { shiftKey?: boolean; ctrlKey?: boolean } = {}) => fireEvent.keyDown(list(), { key, ...held });

it("arrow keys select a token, with shift a span, Ctrl+A all, and Escape none", () => {
  render(<Text />);
  press("ArrowRight");
  expect(selected()).toEqual(["And"]);
  expect(list().getAttribute("aria-activedescendant")).toBe("token-0");
  press("ArrowRight", { shiftKey: true });
  expect(selected()).toEqual(["And", " Moses"]);
  press("ArrowLeft");
  expect(selected()).toEqual(["And"]);
  press("a", { ctrlKey: true });
  expect(selected()).toHaveLength(4);
  press("Escape");
  expect(selected()).toEqual([]);
});

it("a press selects a token and takes the focus, with shift the span from where the selection began", () => {
  render(<Text />);
  fireEvent.pointerDown(screen.getByTitle("token Moses"), { button: 0 });
  expect([selected(), document.activeElement]).toEqual([[" Moses"], list()]);
  fireEvent.pointerDown(screen.getByTitle("token And"), { button: 0, shiftKey: true });
  expect(selected()).toEqual(["And", " Moses"]);
  fireEvent.pointerDown(screen.getByTitle("token And"), { button: 2 });
  expect(selected()).toEqual(["And", " Moses"]);
});

it("shows what cannot be seen: a line break, and a token without text", () => {
  render(<Text />);
  expect(screen.getAllByRole("option").map(({ textContent }) => textContent)).toEqual(["And", " Moses", "⏎\n", "∅"]);
});
