// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { MemoryBreakdown } from "@/components/new-run/memory-breakdown";
import { newRunForm } from "@/components/new-run/run-form";
import type { RunEstimate } from "@/lib/contract/run-estimate";
import { renderPage } from "@/tests/support/page";
import { model } from "./small-model";

const form = newRunForm(model);
const gib = 2 ** 30;
const estimate: RunEstimate = {
  ...{ trainingSeconds: 60, collectionSeconds: 30, speed: "unknown", timedBy: null, memoryBy: null },
  memory: { weights: 5 * gib, trained: 0, gradients: 0, moments: 0, saved: 3 * gib, working: 2 * gib },
  ...{ memoryBytes: 10 * gib, machineBytes: 40 * gib, availableBytes: 12 * gib },
  remedies: [
    { remedy: "checkpointing", savedBytes: 2 * gib },
    { remedy: "bfloat16", savedBytes: 2.5 * gib },
    { remedy: "halfLength", savedBytes: gib },
  ],
};

afterEach(cleanup);

function show(one: RunEstimate) {
  const change = vi.fn();
  renderPage(<MemoryBreakdown form={form} change={change} model={model} estimates={[{ ...one, memoryBytes: 1 }, one]} />);
  return change;
}

function text(): string {
  return (document.body.textContent ?? "").replaceAll(/[\u00a0\u202f]/g, " ");
}

it("shows the parts of the larger run that take memory, beside the machine's", () => {
  show(estimate);
  expect(screen.getAllByRole("listitem").map(({ textContent }) => textContent?.replaceAll(/[\u00a0\u202f]/g, " "))).toEqual([
    "Frozen weights 5.00 GiB",
    "Saved activations 3.00 GiB",
    "Working memory 2.00 GiB",
  ]);
  expect(text()).toMatch(/29\.1 ?% of the 40.0 GiB of the worker’s machine at the peak, its process included/);
  expect(screen.queryByRole("switch")).toBeNull();
});

it("applies what would make it less by a click", () => {
  const change = show(estimate);
  fireEvent.click(screen.getByRole("button", { name: /gradient checkpointing: −2.00/ }));
  expect(change).toHaveBeenLastCalledWith({ training: { ...form.training, recomputeBlocks: true } });
  fireEvent.click(screen.getByRole("button", { name: /bfloat16 weights: −2.50/ }));
  expect(change).toHaveBeenLastCalledWith({ frozenDtype: "bfloat16" });
  fireEvent.click(screen.getByRole("button", { name: /rows half as long/ }));
  expect(change).toHaveBeenLastCalledWith({ training: { ...form.training, maxTokens: form.training.maxTokens / 2 } });
});

it("keeps what would make it less folded while the run needs less than half of the machine's memory", () => {
  show(estimate);
  expect(screen.getByRole("button", { name: /gradient checkpointing/ }).closest("details")?.open).toBe(false);
  cleanup();
  show({ ...estimate, machineBytes: 16 * gib });
  expect(screen.getByRole("button", { name: /gradient checkpointing/ }).closest("details")).toBeNull();
});

it("warns where other programs leave too little now", () => {
  show(estimate);
  expect(text()).not.toContain("Other programs");
  cleanup();
  show({ ...estimate, availableBytes: 9 * gib });
  expect(text()).toContain("Other programs leave only 9.00 GiB now. Close some before this run starts, or it may be killed.");
  expect(screen.queryByRole("switch")).toBeNull();
});

it("says that a run which exceeds the machine is refused, and lets a person start it anyway", () => {
  const change = show({ ...estimate, machineBytes: 8 * gib });
  expect(text()).toContain("This run needs more than the 8.00 GiB of the worker’s machine and will not start.");
  fireEvent.click(screen.getByRole("switch", { name: "Start anyway" }));
  expect(change).toHaveBeenLastCalledWith({ startAnyway: true });
});

it("is left out where the size of what is trained is not known", () => {
  show({ ...estimate, memory: null });
  expect(screen.queryByRole("listitem")).toBeNull();
});
