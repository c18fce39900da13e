// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { PromptPanel } from "@/components/steering/tasks/language-model/prompt/prompt-panel";
import { readSteerParams, type SteerParams, writeSteerParams } from "@/components/steering/tasks/language-model/steer-params";
import { runsQuery } from "@/lib/client/runs";
import { runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { renderPage, testClient } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

const { run } = runDetailFixture({ steps: 3, step: 3 });
const other = { ...run, id: "o", name: "lora-r7", method: "lora" as const, status: "finished" as const };

const onRun = vi.fn();
const onSeeds = vi.fn();
const onStop = vi.fn();
/** The address of what stands in the panel. */
let address: string;

beforeEach(() => {
  for (const called of [onRun, onSeeds, onStop]) called.mockClear();
});
afterEach(cleanup);

function Bench({ start, isRunning }: { start: string; isRunning: boolean }) {
  const [params, setParams] = useState<SteerParams>(readSteerParams(new URLSearchParams(start)));
  address = writeSteerParams(params);
  return (
    <PromptPanel
      run={run}
      params={params}
      onParams={(change) => setParams((before) => ({ ...before, ...change }))}
      useChatTemplate={params.useChatTemplate ?? false}
      hasChatTemplate
      isRunning={isRunning}
      onRun={onRun}
      onSeeds={onSeeds}
      onStop={onStop}
      copies={null}
      suggestion={<p>Try one of these</p>}
    />
  );
}

function open(start = "", isRunning = false) {
  const client = testClient();
  client.setQueryData(runsQuery().queryKey, { runs: [run, other], snapshot: { next: 1, open: [] } });
  return renderPage(<Bench start={start} isRunning={isRunning} />, client);
}

function runButton(): HTMLButtonElement {
  return screen.getByRole("button", { name: /^Run ⌃/ });
}

it("runs by its button and by Ctrl+Enter once there is a prompt, and says until then what is missing", () => {
  open();
  expect(screen.getByText("Try one of these")).toBeTruthy();
  expect([runButton().disabled, runButton().title]).toEqual([true, "Enter a prompt first"]);
  fireEvent.keyDown(screen.getByLabelText("Prompt"), { key: "Enter", ctrlKey: true });
  expect(onRun).not.toHaveBeenCalled();
  typeInto("Prompt", "And Moses said");
  expect(screen.queryByText("Try one of these")).toBeNull();
  fireEvent.click(runButton());
  fireEvent.keyDown(screen.getByLabelText("Prompt"), { key: "Enter", ctrlKey: true });
  fireEvent.keyDown(screen.getByLabelText("Prompt"), { key: "Enter" });
  expect(onRun).toHaveBeenCalledTimes(2);
  expect(address).toBe("?prompt=And+Moses+said");
});

it("waits for the text that all arms read", () => {
  open("prompt=a&forcedText=");
  expect(runButton().title).toBe("Enter the text for all arms to read");
  typeInto("Text that every arm reads after the prompt", " of Israel");
  expect(runButton().disabled).toBe(false);
  expect(address).toBe("?prompt=a&forcedText=+of+Israel");
});

it("stops what runs", () => {
  open("prompt=a", true);
  expect(screen.queryByRole("button", { name: /^Run ⌃/ })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Stop" }));
  expect(onStop).toHaveBeenCalledOnce();
});

it("runs further seeds only where the temperature lets them differ", () => {
  open("prompt=a&seed=5");
  const next = screen.getByRole<HTMLButtonElement>("button", { name: "Next seed" });
  expect([next.disabled, screen.getByText("Greedy, 64 tokens, seed 5").tagName]).toEqual([true, "SUMMARY"]);
  typeInto("Temperature", "0.7");
  fireEvent.click(next);
  fireEvent.click(screen.getByRole("button", { name: "Run 4 seeds" }));
  expect(onSeeds.mock.calls).toEqual([
    [6, 1],
    [5, 4],
  ]);
});

it("keeps one arm at least, and adds and takes out the adapter of another run", async () => {
  open("prompt=a");
  for (const name of ["Base", "Adapter", "Edited"]) fireEvent.click(screen.getByRole("button", { name, pressed: true }));
  expect(screen.getByRole("button", { name: "Edited" }).getAttribute("aria-pressed")).toBe("true");
  expect(address).toBe("?prompt=a&arms=edited");
  fireEvent.click(screen.getByRole("button", { name: "Arm" }));
  fireEvent.click(await screen.findByRole("button", { name: /lora-r7/ }));
  expect(address).toBe("?prompt=a&arms=edited%2Cother&other=o");
  fireEvent.click(screen.getByRole("button", { name: "Take lora-r7 out" }));
  expect(address).toBe("?prompt=a&arms=edited");
});

it("says that the other runs could not be loaded, and loads them at the second try", async () => {
  vi.stubGlobal("fetch", async () => Response.json({ error: { code: "internal", message: "broken here" } }, { status: 500 }));
  onTestFinished(() => void vi.unstubAllGlobals());
  renderPage(<Bench start="prompt=a" isRunning={false} />);
  fireEvent.click(screen.getByRole("button", { name: "Arm" }));
  const failed = await screen.findByRole("alert");
  expect(failed.textContent).toContain("Could not load the runs: broken here");
  expect(screen.queryByText("No other run on this base model has an adapter.")).toBeNull();
  vi.stubGlobal("fetch", async () => Response.json({ runs: [run, other], snapshot: { next: 1, open: [] } }));
  fireEvent.click(within(failed).getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("button", { name: /lora-r7/ })).toBeTruthy();
});

it("keeps what is typed while the chat template is switched", () => {
  open("prompt=a");
  fireEvent.click(screen.getByRole("switch", { name: "chat template" }));
  expect([textIn("Prompt"), address]).toEqual(["a", "?prompt=a&chat=1"]);
});
