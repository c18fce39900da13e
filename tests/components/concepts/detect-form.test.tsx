// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DetectForm } from "@/components/concepts/detect-form";
import { writeDraft } from "@/components/ui/drafts";
import { dataSet } from "@/tests/components/new-run/small-data-set";
import { renderPage } from "@/tests/support/page";

const columns = [
  { name: "text", samples: [], distinct: null },
  { name: "author", samples: [], distinct: 7 },
  { name: "topic", samples: [], distinct: 3 },
];
const detection = { id: "x", runId: "r", dataName: "notes", createdAt: "2026-01-01T00:00:00.000Z", task: null };
const draft = "detection/2/r";

let sent: unknown[];
let answer: () => Response;
beforeEach(() => {
  sent = [];
  vi.stubGlobal("fetch", async (_path: string, init?: RequestInit) => {
    sent.push(JSON.parse(String(init?.body)));
    return answer();
  });
});
afterEach(() => {
  cleanup();
  writeDraft(draft, undefined);
  vi.unstubAllGlobals();
});

const started = vi.fn();
const draw = () => renderPage(<DetectForm runId="r" dataSets={[{ ...dataSet, columns }]} onStarted={started} />);
const concepts = () => screen.getByLabelText<HTMLSelectElement>("Concepts");
const probing = () => screen.getByLabelText<HTMLInputElement>(/^Sparse probing/);
const press = () => fireEvent.click(screen.getByRole("button", { name: "Detect" }));

describe("The form of a detection", () => {
  it("sends the chosen column and whether to probe, and keeps both while its page is left", async () => {
    answer = () => Response.json({ ...detection, request: { dataSetId: "d", by: "topic", probe: false, seed: 0 } });
    const view = draw();
    expect(concepts().value).toBe("author");
    fireEvent.change(concepts(), { target: { value: "topic" } });
    expect(probing().checked).toBe(true);
    fireEvent.click(probing());
    expect(screen.getByText(/Each value of topic is a concept/)).toBeDefined();
    view.unmount();
    draw();
    expect(concepts().value).toBe("topic");
    expect(probing().checked).toBe(false);
    press();
    await waitFor(() => expect(started).toHaveBeenCalledWith("x"));
    expect(sent).toEqual([{ dataSetId: "d", by: "topic", probe: false }]);
  });

  it("shows a refusal at the field that the server names", async () => {
    answer = () => Response.json({ error: { code: "invalid", message: "Not that column.", field: "by" } }, { status: 400 });
    draw();
    press();
    await waitFor(() => expect(concepts().getAttribute("aria-invalid")).toBe("true"));
    expect(screen.getAllByText("Not that column.").length).toBeGreaterThan(0);
  });

  it("cannot be sent where the dataset names no concepts", () => {
    renderPage(<DetectForm runId="r" dataSets={[dataSet]} onStarted={started} />);
    expect(screen.getByText(/^This dataset names no concepts/)).toBeDefined();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Detect" }).disabled).toBe(true);
  });
});
