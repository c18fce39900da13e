// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { NumberField } from "@/components/ui/number-field";

afterEach(cleanup);

const field = () => screen.getByLabelText<HTMLInputElement>("Value");

function Kept() {
  const [value, setValue] = useState(1);
  return <NumberField label="Value" kind="real" value={value} onValueChange={setValue} />;
}

it("shows six digits of a computed number, all of them as its title, and changes nothing until something is typed", () => {
  const onValue = vi.fn();
  render(<NumberField label="Value" kind="real" value={4.7426075935364} onValueChange={onValue} />);
  expect([field().value, field().title]).toEqual(["4.74261", "4.7426075935364"]);
  fireEvent.focus(field());
  fireEvent.blur(field());
  expect(onValue).not.toHaveBeenCalled();
});

it("writes what has no more digits as it is", () => {
  const write = (value: number) => {
    render(<NumberField label="Value" kind="real" value={value} onValueChange={() => {}} />);
    const shown = [field().value, field().title];
    cleanup();
    return shown;
  };
  expect([0.002, 0.25, -3, 123_456, 2e-7].map(write)).toEqual([
    ["2e-3", ""],
    ["0.25", ""],
    ["−3", ""],
    ["123\u00a0456", ""],
    ["2e-7", ""],
  ]);
});

it("keeps what is being typed, however many digits", () => {
  render(<Kept />);
  fireEvent.change(field(), { target: { value: "0.123456789" } });
  expect(field().value).toBe("0.123456789");
  fireEvent.blur(field());
  expect([field().value, field().title]).toEqual(["0.123457", "0.123456789"]);
});
