// @vitest-environment happy-dom
import { act, cleanup, fireEvent, renderHook, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { steerHref } from "@/components/latents/steer-href";
import { useAddToEdits } from "@/components/latents/use-add-to-edits";
import { type GenerateRequest, generateRequest } from "@/lib/contract/generate";
import type { KeptGenerationDetail } from "@/lib/contract/steering";
import { token } from "@/tests/components/generation/tokens";
import { type StreamedRequest, serverSentEvent, streamedAnswers } from "@/tests/support/streamed-answers";
import { textIn, typeInto } from "@/tests/support/typed-field";
import { dropSteerDrafts, renderSteerScreen } from "./render-steer-screen";
import { steeredTasks } from "./steered-tasks";

const first = "scale*m*3*2*all";
const second = "ablatePost*m*5*all";

let requests: StreamedRequest[];
let kept: Map<string, KeptGenerationDetail>;

beforeEach(() => {
  const streamed = streamedAnswers({ "/api/runs/r/generate": serverSentEvent });
  requests = streamed.requests;
  kept = new Map();
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    const id = /^\/api\/generations\/(.+)$/.exec(path)?.[1];
    if (id === undefined) return streamed.fetch(path, init);
    const found = kept.get(id);
    const missing = { error: { code: "notFound", message: "There is no such generation." } };
    return found === undefined ? Response.json(missing, { status: 404 }) : Response.json(found);
  });
});
afterEach(() => {
  cleanup();
  dropSteerDrafts();
  vi.unstubAllGlobals();
});

const open = (search: string) => renderSteerScreen(steeredTasks.languageModel, search);
const inAddress = () => new URLSearchParams(window.location.search);
const editCount = () => screen.getByRole("heading", { name: /^Edits/ }).textContent;
const editsOnceWritten = (edits: readonly string[]) => waitFor(() => expect(inAddress().getAll("edit")).toEqual(edits));

async function generated(id: string): Promise<void> {
  fireEvent.keyDown(document.body, { key: "Enter", ctrlKey: true });
  await waitFor(() => expect(requests).toHaveLength(1));
  act(() =>
    requests[0]?.send(
      { kind: "start", precision: "float32", promptTokens: [], watched: [] },
      { kind: "token", arm: "adapter", token: token(7) },
      { kind: "armEnd", arm: "adapter", reason: "maxTokens", text: " w7" },
      { kind: "end", tokensPerSecond: 7, generation: id },
    ),
  );
  requests[0]?.end();
  await waitFor(() => expect(inAddress().getAll("generation")).toEqual([id]));
  const tokens = [token(7)];
  const arms = [{ arm: "adapter" as const, text: " w7", reason: "maxTokens" as const, tokens }];
  keep(id, generateRequest.parse(requests[0]?.body), { promptTokens: [], watched: [], arms, tokensPerSecond: 7 });
}

function keep(id: string, request: GenerateRequest, generated: KeptGenerationDetail["generated"]): void {
  const said = { createdAt: "2026-11-25T04:11:00.000Z", prompt: request.prompt, editsOn: 1, isForced: false, arms: [] };
  kept.set(id, { id, runId: "r", ...said, request, generated });
}

describe("the draft of a run", () => {
  it("is restored after a visit to another tab of the run: prompt, edits and settings", async () => {
    const { unmount } = open(`?edit=${first}&temperature=0.7`);
    typeInto("Prompt", "a dull film");
    fireEvent.click(screen.getByRole("switch", { name: "L2 v_proj #3 is on" }));
    unmount();
    open("");
    await waitFor(() => expect([textIn("Prompt"), editCount()]).toEqual(["a dull film", "Edits 1 off"]));
    await editsOnceWritten([`${first}*off`]);
    await waitFor(() => expect([inAddress().get("prompt"), inAddress().get("temperature")]).toEqual(["a dull film", "0.7"]));
  });

  it("adds the latents that it is opened with, and only once", async () => {
    open(`?prompt=a+film&edit=${first}`).unmount();
    const { search } = new URL(steerHref("r", null, [{ module: "m", index: 5 }]), "http://here");
    open(search).unmount();
    open(search);
    await editsOnceWritten([first, second]);
    // Each name of the address is written when its own pause ends.
    await waitFor(() => expect([editCount(), textIn("Prompt"), inAddress().has("add")]).toEqual(["Edits 2 of 2 on", "a film", false]));
  });

  it("keeps what is changed while its address still has what it adds", async () => {
    const { search } = new URL(steerHref("r", null, [{ module: "m", index: 5 }]), "http://here");
    open(search);
    // A prompt may be written before that is taken out.
    window.history.replaceState(null, "", `/runs/r/steer${search}&prompt=a+film`);
    fireEvent.click(screen.getByRole("switch", { name: "L2 v_proj #5 is on" }));
    await editsOnceWritten([`${second}*off`]);
    expect(editCount()).toBe("Edits 1 off");
  });

  it("is replaced by a link, with a notice and a way back", async () => {
    const own = open(`?prompt=a&edit=${first}&edit=${second}`);
    typeInto("Prompt", "a film");
    own.unmount();
    const { unmount } = open("?prompt=another&edit=adapterOff*all");
    expect(await screen.findByText("Your draft with 2 edits is kept.", { exact: false })).toBeTruthy();
    expect([editCount(), textIn("Prompt")]).toEqual(["Edits 1 on", "another"]);
    unmount();
    open("");
    await screen.findByText("Your draft with 2 edits is kept.", { exact: false });
    fireEvent.click(screen.getByRole("button", { name: "Back to my draft" }));
    await editsOnceWritten([first, second]);
    expect(textIn("Prompt")).toBe("a film");
    expect(screen.queryByText("is kept.", { exact: false })).toBeNull();
  });

  it("is not kept where it is only another link, unchanged", async () => {
    open(`?prompt=a+film&edit=${first}`).unmount();
    open("?prompt=another&edit=adapterOff*all");
    await waitFor(() => expect(editCount()).toBe("Edits 1 on"));
    expect(screen.queryByText("is kept.", { exact: false })).toBeNull();
  });

  it("is not called replaced by its own address, as after a reload", async () => {
    open(`?prompt=a+film&edit=${first}`).unmount();
    open(`?prompt=a+film&edit=${first}`);
    await waitFor(() => expect(editCount()).toBe("Edits 1 on"));
    expect(screen.queryByText("is kept.", { exact: false })).toBeNull();
  });
});

describe("the button of a latent", () => {
  const labelOf = (index: number) => renderHook(() => useAddToEdits("r", null, [{ module: "m", index }])).result.current?.label;

  it("says how many edits the draft holds, and where the latent is one of them", () => {
    expect(labelOf(5)).toBe("Steer");
    open(`?edit=${first}&edit=adapterOff*all`).unmount();
    expect(labelOf(5)).toBe("Add to edits (2)");
    expect(labelOf(3)).toBe("Open edits (2)");
    expect(renderHook(() => useAddToEdits(null, null, [])).result.current).toBeNull();
  });
});

describe("a generation", () => {
  it("is in the address and in the draft, and shown again without being run", async () => {
    const { unmount } = open(`?prompt=a+film&edit=${first}`);
    await generated("g1");
    unmount();
    open("");
    expect(await screen.findAllByText("w7")).not.toEqual([]);
    expect(screen.getByText("From the history,", { exact: false })).toBeTruthy();
    expect(requests).toHaveLength(1);
    await waitFor(() => expect(inAddress().getAll("generation")).toEqual(["g1"]));
  });

  it("of a link that names it alone brings its prompt and edits", async () => {
    const { unmount } = open(`?prompt=a+film&edit=${first}`);
    await generated("g1");
    unmount();
    dropSteerDrafts();
    open("?generation=g1");
    expect(await screen.findAllByText("w7")).not.toEqual([]);
    await waitFor(() => expect([textIn("Prompt"), editCount()]).toEqual(["a film", "Edits 1 on"]));
  });

  it("that was removed from the history is reported as missing, with the settings in place", async () => {
    open(`?prompt=a+film&edit=${first}&generation=g7`);
    expect(await screen.findByText("Could not show the generation in this link")).toBeTruthy();
    expect([textIn("Prompt"), editCount()]).toEqual(["a film", "Edits 1 on"]);
  });
});
