// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { useQueryStates } from "nuqs";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { steerHref } from "@/components/latents/steer-href";
import { readAnswerParams, writeAnswerParams } from "@/components/steering/tasks/answers/answer-params";
import {
  readSteerParams,
  type SteerParams,
  steerParameters,
  steerParamsOf,
  steerValuesOf,
  writeSteerParams,
} from "@/components/steering/tasks/language-model/steer-params";
import { textNames, textParameters } from "@/components/text/text-address";
import { FragmentAddress } from "@/components/ui/address/fragment-address";
import { useAddressState } from "@/components/ui/address/use-address-state";
import type { Edit } from "@/lib/contract/edit";
import { Router } from "@/tests/support/router";

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
const openSteering = () =>
  renderHook(() => useAddressState(steerParameters, steerParamsOf, steerValuesOf), {
    wrapper: ({ children }: { children: ReactNode }) => (
      <Router>
        <FragmentAddress parameters={steerParameters}>{children}</FragmentAddress>
      </Router>
    ),
  });
const openText = () =>
  renderHook(() => useQueryStates(textParameters, { urlKeys: textNames }), {
    wrapper: ({ children }: { children: ReactNode }) => (
      <Router>
        <FragmentAddress parameters={textParameters} urlKeys={textNames} isPrivate>
          {children}
        </FragmentAddress>
      </Router>
    ),
  });

beforeEach(() => {
  vi.useFakeTimers();
  atAddress("");
});
afterEach(() => {
  act(() => void vi.runAllTimers());
  cleanup();
  vi.useRealTimers();
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
  act(() => {
    atAddress(writeSteerParams({ ...plain, edits: manyEdits }));
    window.dispatchEvent(new Event("hashchange"));
  });
  expect(result.current[0].edits).toHaveLength(256);
});

it("an anchor of the page is no state", () => {
  atAddress("?prompt=kept#main");
  expect(openSteering().result.current[0].prompt).toBe("kept");
});

it("a change shows at once; the address follows when typing pauses, with its parts in one order", () => {
  const { result } = openSteering();
  act(() => {
    result.current[1]({ edits: manyEdits.slice(0, 1) });
    result.current[1]({ otherRun: "r5" });
  });
  for (const prompt of ["a", "ab", "abc"]) {
    act(() => result.current[1]({ prompt }));
    expect(result.current[0]).toMatchObject({ prompt, otherRun: "r5", edits: manyEdits.slice(0, 1) });
    act(() => void vi.advanceTimersByTime(200));
    expect(window.location.search).not.toContain("prompt");
  }
  act(() => void vi.advanceTimersByTime(1000));
  expect(window.location.search).toBe(writeSteerParams(result.current[0]));
});

it("what is typed is not written over the address of a page that was opened meanwhile", () => {
  const { result } = openSteering();
  act(() => result.current[1]({ prompt: "unsent" }));
  act(() => window.history.replaceState(null, "", "/runs/r"));
  act(() => void vi.runAllTimers());
  expect(window.location.href).toMatch(/\/runs\/r$/);
});

it("a page that is left shows the same until the next one is drawn", () => {
  atAddress("#prompt=kept");
  const { result } = openSteering();
  act(() => {
    // The browser goes back before the router draws the page before.
    History.prototype.replaceState.call(window.history, null, "", "/runs/r");
    window.dispatchEvent(new Event("hashchange"));
  });
  expect(result.current[0].prompt).toBe("kept");
});

it("a custom text is in the fragment however short it is, and the query is neither read nor changed", () => {
  atAddress("?text=asked&at=3");
  const { result } = openText();
  expect(result.current[0].text).toBe("");
  act(() => void result.current[1]({ span: { from: 1, to: 2 } }));
  act(() => void result.current[1]({ text: "a & b", second: "" }));
  act(() => void vi.runAllTimers());
  expect([window.location.search, window.location.hash]).toEqual(["?text=asked&at=3", "#text=a+%26+b&second=&span=1-2"]);
  cleanup();
  expect(openText().result.current[0]).toMatchObject({ text: "a & b", second: "", span: { from: 1, to: 2 } });
});

it("links to steering with many latents, and of an encoder's long texts, fit into a request too", () => {
  const latents = manyEdits.flatMap((edit) => ("latent" in edit ? [edit.latent] : []));
  const href = new URL(steerHref("r", "c", latents, "scale"), "http://localhost");
  expect(href.search).toBe("");
  expect(readSteerParams(new URLSearchParams(href.hash.slice(1))).edits).toHaveLength(256);
  const text = writeAnswerParams({ ...readAnswerParams(new URLSearchParams()), text: "ä".repeat(20_000) });
  expect(text.slice(0, 8)).toBe("#prompt=");
});
