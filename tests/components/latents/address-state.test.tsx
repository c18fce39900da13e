// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { steerHref } from "@/components/latents/edit-text";
import { useAddressState } from "@/components/latents/use-address-state";
import { readAnswerParams, writeAnswerParams } from "@/components/steering/encoder/answer-params";
import { readSteerParams, type SteerParams, writeSteerParams } from "@/components/steering/steer-params";
import type { Edit } from "@/lib/contract/edit";

vi.mock("next/navigation", () => ({ useSearchParams: () => new URLSearchParams(window.location.search) }));

const plain = readSteerParams(new URLSearchParams());
const longPrompt = "ü & so? ".repeat(12_500);
const manyEdits: Edit[] = Array.from({ length: 256 }, (_, index) => ({
  operation: "scale",
  latent: { module: "model.layers.12.self_attn.v_proj", index },
  value: 2,
  isOn: true,
  scope: "all",
}));

const atAddress = (suffix: string) => window.history.replaceState(null, "", `/runs/r/steer${suffix}`);
const openSteering = () => renderHook(() => useAddressState(readSteerParams, writeSteerParams));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  atAddress("");
});

it.each([
  ["a prompt of 100,000 characters", { ...plain, prompt: longPrompt }],
  ["256 edits", { ...plain, edits: manyEdits }],
])("a page with %s opens again from its own address, none of which a request carries", (_name, params: SteerParams) => {
  const { result } = openSteering();
  act(() => result.current[1](params));
  act(() => void vi.advanceTimersByTime(1000));
  expect(window.location.search).toBe("");
  cleanup();
  expect(openSteering().result.current[0]).toEqual(params);
});

it("a short state stays in the query, from which it opens as before", () => {
  const { result } = openSteering();
  act(() => result.current[1]({ prompt: "In the beginning", edits: manyEdits.slice(0, 1) }));
  act(() => void vi.advanceTimersByTime(1000));
  expect(window.location.hash).toBe("");
  expect(window.location.search).toContain("prompt=In+the+beginning");
  cleanup();
  expect(openSteering().result.current[0]).toMatchObject({ prompt: "In the beginning", edits: manyEdits.slice(0, 1) });
});

it("a state that becomes short again leaves nothing behind the #", () => {
  const { result } = openSteering();
  for (const prompt of [longPrompt, "short"]) {
    act(() => result.current[1]({ prompt }));
    act(() => void vi.advanceTimersByTime(1000));
  }
  expect([window.location.search, window.location.hash]).toEqual(["?prompt=short", ""]);
});

it("a link that is opened over the page takes its state", () => {
  const { result } = openSteering();
  atAddress(writeSteerParams({ ...plain, edits: manyEdits }));
  act(() => void window.dispatchEvent(new Event("hashchange")));
  expect(result.current[0].edits).toHaveLength(256);
});

it("an anchor of the page is no state", () => {
  atAddress("?prompt=kept#main");
  expect(openSteering().result.current[0].prompt).toBe("kept");
});

it("links to steering with many latents, and of an encoder's long texts, fit into a request too", () => {
  const latents = manyEdits.flatMap((edit) => ("latent" in edit ? [edit.latent] : []));
  const href = new URL(steerHref("r", "c", latents, "scale"), "http://localhost");
  expect(href.search).toBe("");
  expect(readSteerParams(new URLSearchParams(href.hash.slice(1))).edits).toHaveLength(256);
  const text = writeAnswerParams({ ...readAnswerParams(new URLSearchParams()), text: "ä".repeat(20_000) });
  expect(text.slice(0, 8)).toBe("#prompt=");
});
