// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bulkStudy, firstBulkChoice } from "@/components/studies/bulk/bulk-choice";
import { doseStudy, firstDoseChoice } from "@/components/studies/dose/dose-choice";
import { EvaluationForm } from "@/components/studies/evaluation/evaluation-form";
import type { StudyHome } from "@/components/studies/study-home";
import type { Edit } from "@/lib/contract/edit";
import { bulkRequest, doseRequest, evaluationRequest } from "@/lib/contract/study";
import { renderPage } from "@/tests/support/page";

const ofPage: Edit = { operation: "clamp", value: 2, latent: { module: "m", index: 3 }, isOn: true, scope: "all" };
const ofStudy: Edit = { operation: "ablatePost", latent: { module: "m", index: 5 }, isOn: true, scope: "all" };
const home: StudyHome = {
  runId: "r",
  collection: null,
  method: "stan",
  edits: [ofPage],
  onEdits: () => undefined,
  prompt: "Once",
  useChatTemplate: true,
};
const prompts = { texts: ["Once", "Twice"], useChatTemplate: false };

beforeEach(() => sessionStorage.clear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("another study from the settings of an earlier one", () => {
  it("asks of a dose what that asked, its own edits, scope and chat template included", () => {
    const request = doseRequest.parse({
      kind: "dose",
      latent: { module: "m", index: 7 },
      operation: "add",
      values: [0, 1.5],
      scope: "generated",
      prompts,
      edits: [ofStudy],
    });
    expect(doseRequest.parse(doseStudy(firstDoseChoice(home, request), home, request.values))).toEqual(request);
  });

  it("asks of many latents what that asked", () => {
    const request = bulkRequest.parse({
      kind: "bulk",
      latents: { by: "firing", count: 7 },
      operation: "ablatePost",
      scope: "prompt",
      prompts,
      edits: [ofStudy],
    });
    expect(bulkRequest.parse(bulkStudy(firstBulkChoice(home, request), home))).toEqual(request);
  });

  it("measures its edits on held-out rows, or those of the page on request", async () => {
    const started = vi.fn();
    vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
      if (path.endsWith("/studies") && init?.method === "POST") started(JSON.parse(String(init.body)));
      return Response.json({ error: { code: "unavailable", message: "away" } }, { status: 503 });
    });
    const from = evaluationRequest.parse({ kind: "evaluation", edits: [ofStudy], heldOutRows: 11 });
    renderPage(<EvaluationForm home={home} draftName="study/1/r" from={from} onStarted={() => undefined} />);
    fireEvent.click(screen.getByRole("button", { name: "Start" }));
    await waitFor(() => expect(started).toHaveBeenCalledTimes(1));
    expect(started.mock.lastCall?.[0].study).toEqual(from);
    fireEvent.change(screen.getByLabelText("Edits"), { target: { value: "page" } });
    await waitFor(() => expect(screen.getByRole<HTMLButtonElement>("button", { name: "Start" }).disabled).toBe(false));
    fireEvent.click(screen.getByRole("button", { name: "Start" }));
    await waitFor(() => expect(started).toHaveBeenCalledTimes(2));
    expect(started.mock.lastCall?.[0].study.edits).toEqual([ofPage]);
  });
});
