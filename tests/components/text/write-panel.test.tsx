// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { type ComponentProps, useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { TextAddress } from "@/components/text/text-address";
import { WritePanel } from "@/components/text/write-panel";
import { readTextAddress } from "@/tests/support/addresses";
import { typeInto } from "@/tests/support/typed-field";

const onRead = vi.fn();
const onStop = vi.fn();
let written: TextAddress;

beforeEach(() => {
  onRead.mockClear();
  onStop.mockClear();
});
afterEach(cleanup);

function Bench(given: Partial<ComponentProps<typeof WritePanel>>) {
  const [address, setAddress] = useState(readTextAddress(""));
  written = address;
  return (
    <WritePanel
      address={address}
      onAddress={(change) => setAddress((before) => ({ ...before, ...change }))}
      hasChatTemplate
      reads="tokens"
      classes={[]}
      isRunning={false}
      examples={null}
      onRead={onRead}
      onStop={onStop}
      {...given}
    />
  );
}

it("reads by its button and by Ctrl+Enter, once there is a text", () => {
  render(<Bench />);
  const read = screen.getByRole<HTMLButtonElement>("button", { name: "Read" });
  expect([read.disabled, read.title]).toEqual([true, "Enter or paste a text first"]);
  fireEvent.keyDown(screen.getByLabelText("Text"), { key: "Enter", ctrlKey: true });
  expect(onRead).not.toHaveBeenCalled();
  typeInto("Text", "And Moses said");
  fireEvent.click(read);
  fireEvent.keyDown(screen.getByLabelText("Text"), { key: "Enter", metaKey: true });
  expect(onRead).toHaveBeenCalledTimes(2);
  expect(written.text).toBe("And Moses said");
});

it("stops a reading under way", () => {
  render(<Bench isRunning />);
  expect(screen.queryByRole("button", { name: "Read" })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Stop" }));
  expect(onStop).toHaveBeenCalledOnce();
});

it("offers the chat template of a model that has one, and says where there is none", () => {
  const view = render(<Bench />);
  fireEvent.click(screen.getByRole("switch", { name: "chat template" }));
  expect(written.useChatTemplate).toBe(true);
  view.rerender(<Bench hasChatTemplate={null} />);
  expect(screen.getByRole<HTMLInputElement>("switch", { name: "chat template" }).disabled).toBe(true);
  view.rerender(<Bench hasChatTemplate={false} />);
  expect(screen.getByText("no chat template in this model")).toBeTruthy();
});

it("takes a second text for an encoder, and the class that attribution is to, only while attribution is on", () => {
  render(<Bench reads="pairs" classes={["yes", "no"]} />);
  fireEvent.click(screen.getByRole("switch", { name: "second text, as in training" }));
  typeInto("Second text", "a premise");
  expect(written.second).toBe("a premise");
  fireEvent.change(screen.getByLabelText("Class for attribution"), { target: { value: "no" } });
  expect(written.towards).toBe("no");
  fireEvent.click(screen.getByLabelText(/^attribution/));
  expect(screen.queryByLabelText("Class for attribution")).toBeNull();
  fireEvent.click(screen.getByRole("switch", { name: "second text, as in training" }));
  expect([written.second, written.attribution]).toEqual([null, false]);
});
