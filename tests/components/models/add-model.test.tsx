// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AddModel } from "@/components/models/add-model";
import type { JobSummary } from "@/lib/contract/run";
import { renderPage } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

const job: JobSummary = {
  ...{ id: "t", kind: "addModel", title: "Add /models/tiny", status: "queued", unit: "bytes", message: "" },
  ...{ done: 0, total: null, error: null, createdAt: "2026-01-01T00:00:00.000Z" },
};

let answer: (response: Response) => void = () => {};
beforeEach(() => {
  sessionStorage.clear();
  const answered = new Promise<Response>((resolve) => {
    answer = resolve;
  });
  vi.stubGlobal("fetch", () => answered);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("a model that is added leaves no draft, even where its page was left before the answer came", async () => {
  const page = renderPage(<AddModel />);
  typeInto("Path on the server", "/models/tiny");
  fireEvent.click(screen.getByRole("button", { name: "Add" }));
  await waitFor(() => expect(screen.getByRole("button", { name: "Add" })).toHaveProperty("disabled", true));
  page.unmount();
  answer(Response.json(job));
  await waitFor(() => expect(sessionStorage).toHaveLength(0));
  renderPage(<AddModel />);
  expect(textIn("Path on the server")).toBe("");
});

it("a refusal is shown, and what was typed stays until it is discarded", async () => {
  renderPage(<AddModel />);
  typeInto("Path on the server", "/models/tiny");
  fireEvent.click(screen.getByRole("button", { name: "Add" }));
  answer(Response.json({ error: { code: "notFound", message: "/models/tiny: no such file or folder" } }, { status: 404 }));
  await waitFor(() => expect(screen.getByText("/models/tiny: no such file or folder")).toBeTruthy());
  expect(textIn("Path on the server")).toBe("/models/tiny");
  fireEvent.click(screen.getByRole("button", { name: "Discard draft" }));
  fireEvent.click(screen.getByRole("button", { name: "Discard" }));
  expect(textIn("Path on the server")).toBe("");
});

it("a revision that is too long is marked at its own field, and nothing can be looked up", () => {
  renderPage(<AddModel />);
  fireEvent.click(screen.getByRole("button", { name: "Hub" }));
  const isWrong = (label: string) => screen.getByLabelText(label).getAttribute("aria-invalid");
  typeInto("Model on the hub", "owner/name");
  typeInto("Revision", "r".repeat(101));
  expect([isWrong("Model on the hub"), isWrong("Revision")]).toEqual(["false", "true"]);
  expect(screen.getByText("At most 100 characters")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Look up" })).toHaveProperty("disabled", true);
  typeInto("Revision", "r".repeat(100));
  expect(isWrong("Revision")).toBe("false");
  expect(screen.getByRole("button", { name: "Look up" })).toHaveProperty("disabled", false);
});

it("says which job was started", async () => {
  renderPage(<AddModel />);
  fireEvent.click(screen.getByRole("button", { name: "Fetch SmolLM2-135M" }));
  answer(Response.json({ ...job, title: "Fetch SmolLM2-135M-Instruct" }));
  await waitFor(() => expect(screen.getByText("Started: Fetch SmolLM2-135M-Instruct.")).toBeTruthy());
});
