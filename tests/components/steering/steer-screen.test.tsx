// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunSummary } from "@/lib/contract/run";
import { jsonLine, type StreamedRequest, serverSentEvent, streamedAnswers } from "@/tests/support/streamed-answers";
import { textIn, typeInto } from "@/tests/support/typed-field";
import { dropSteerDrafts, renderSteerScreen } from "./render-steer-screen";
import { steeredTasks } from "./steered-tasks";

let requests: StreamedRequest[];

beforeEach(() => {
  const streamed = streamedAnswers({ "/api/runs/r/generate": serverSentEvent, "/api/runs/r/text": jsonLine });
  requests = streamed.requests;
  vi.stubGlobal("fetch", streamed.fetch);
});
afterEach(() => {
  cleanup();
  dropSteerDrafts();
  vi.unstubAllGlobals();
});

describe.each(Object.entries(steeredTasks))("steering of a %s", (_kind, steered) => {
  const { field, endpoint } = steered;
  const edit = "scale*m*3*2*all";

  const open = (query: Readonly<Record<string, string>>, change?: Partial<RunSummary>) =>
    renderSteerScreen(steered, `?${new URLSearchParams(query)}`, change);
  const inAddress = () => new URLSearchParams(window.location.search);
  const runByKey = () => fireEvent.keyDown(document.body, { key: "Enter", ctrlKey: true });
  const editCount = () => screen.getByRole("heading", { name: /^Edits/ }).textContent;

  /** The request under way; a page that runs by itself has one as it opens. */
  async function started(): Promise<StreamedRequest> {
    if (endpoint === "generate") runByKey();
    await waitFor(() => expect(requests.length).toBeGreaterThan(0));
    const newest = requests.at(-1);
    if (newest === undefined) throw new Error("nothing was requested");
    return newest;
  }

  async function answered(): Promise<StreamedRequest> {
    const request = await started();
    act(() => request.send(...steered.events));
    request.end();
    await waitFor(() => expect(screen.getAllByText(steered.shown).length).toBeGreaterThan(0));
    await waitFor(() => expect(screen.queryByRole("button", { name: "Stop" })).toBeNull());
    return request;
  }

  it("opens with the text and the edits of its address, and sends them", async () => {
    open({ prompt: "a dull film", edit });
    expect([textIn(field), editCount()]).toEqual(["a dull film", "Edits 1 on"]);
    const { path, body } = await answered();
    expect([path, body]).toEqual([`/api/runs/r/${endpoint}`, expect.objectContaining(steered.sent("a dull film"))]);
  });

  it("writes what is typed and edited into its address, from which it opens again", async () => {
    const { unmount } = open({ edit });
    typeInto(field, "it's a film");
    fireEvent.click(screen.getByRole("switch", { name: "L2 v_proj #3 is on" }));
    await waitFor(() =>
      expect([...inAddress()]).toEqual([
        ["prompt", "it's a film"],
        ["edit", `${edit}*off`],
      ]),
    );
    unmount();
    open(Object.fromEntries(inAddress()));
    expect([textIn(field), editCount()]).toEqual(["it's a film", "Edits 1 off"]);
  });

  it("runs by Ctrl+Enter wherever the focus is, and only with a text", async () => {
    open({});
    runByKey();
    typeInto(field, "a film");
    await started();
    const before = requests.length;
    runByKey();
    await waitFor(() => expect(requests.length).toBe(before + 1));
    expect(requests.map(({ body }) => body)).not.toContainEqual(expect.objectContaining({ [endpoint === "text" ? "text" : "prompt"]: "" }));
  });

  it.each([
    ["Escape", () => fireEvent.keyDown(document.body, { key: "Escape" })],
    ["its button", () => fireEvent.click(screen.getByRole("button", { name: "Stop" }))],
  ])("stops by %s, which the worker is told, and keeps what came", async (_by, stop) => {
    open({ prompt: "a dull film", edit });
    const request = await started();
    act(() => request.send(...steered.events.slice(0, -1)));
    await waitFor(() => expect(screen.getAllByText(steered.shown).length).toBeGreaterThan(0));
    stop();
    await waitFor(() => expect(request.signal?.aborted).toBe(true));
    expect(screen.queryByRole("button", { name: "Stop" })).toBeNull();
    expect(screen.getAllByText(steered.shown).length).toBeGreaterThan(0);
  });

  it("ends what runs when the page is left", async () => {
    const { unmount } = open({ prompt: "a dull film", edit });
    const request = await started();
    unmount();
    expect(request.signal?.aborted).toBe(true);
  });

  it("says what failed in the place of the result, keeps text and edits, and runs again", async () => {
    open({ prompt: "a dull film", edit });
    const request = await started();
    act(() => request.send({ kind: "error", message: "The device ran out of memory." }));
    await screen.findByText("The device ran out of memory.");
    expect(screen.getByText(steered.failure)).toBeTruthy();
    expect([textIn(field), editCount()]).toEqual(["a dull film", "Edits 1 on"]);
    runByKey();
    await waitFor(() => expect(requests).toHaveLength(2));
    expect(requests[1]?.body).toEqual(request.body);
    await answered();
    expect(screen.queryByText(steered.failure)).toBeNull();
  });

  it("says that a run without an adapter is not finished", async () => {
    open({ edit }, { status: "running" });
    expect(screen.getByText("This run is not finished")).toBeTruthy();
    expect(screen.getByText(steered.unfinished)).toBeTruthy();
  });

  it("offers the text at which the first edited latent fires most, until there is a text", async () => {
    open({ edit });
    fireEvent.click(screen.getByRole("button", { name: steered.suggestion }));
    expect(textIn(field)).toBe(steered.suggested);
    expect(screen.queryByRole("button", { name: steered.suggestion })).toBeNull();
    await waitFor(() => expect(inAddress().get("prompt")).toBe(steered.suggested));
  });

  it("copies its link, its request and the command that sends it", async () => {
    const writeText = vi.fn(async (_text: string) => undefined);
    vi.stubGlobal("navigator", { ...window.navigator, clipboard: { writeText } });
    open({ prompt: "it's dull", edit });
    const { body } = await answered();
    for (const name of ["Link", "JSON", "curl"]) fireEvent.click(screen.getAllByRole("button", { name }).at(0) ?? document.body);
    const [link = "", json = "", curl = ""] = writeText.mock.calls.map(([text]) => text);
    const { origin, pathname, search } = new URL(link);
    expect([origin, pathname, ...new URLSearchParams(search)]).toEqual([
      window.location.origin,
      "/runs/r/steer",
      ["prompt", "it's dull"],
      ["edit", edit],
    ]);
    expect(JSON.parse(json)).toEqual(body);
    expect(curl.startsWith(`curl '${origin}/api/runs/r/${endpoint}' -H 'content-type: application/json' -d '{`)).toBe(true);
    expect(curl).toContain(String.raw`it'\''s dull`);
    await screen.findAllByText("Copied");
  });
});
