// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NewExperimentPage } from "@/components/experiments/form/new-experiment-page";
import { writeDraft } from "@/components/ui/drafts";
import { dataSetsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";
import { dataSet } from "@/tests/components/new-run/small-data-set";
import { model } from "@/tests/components/new-run/small-model";
import { renderPage, testClient } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

vi.mock("next/navigation", () => ({
  useRouter: () => ({ push: () => undefined }),
  usePathname: () => "/experiments/new",
  useSearchParams: () => new URLSearchParams(),
}));

/** What was asked to be estimated, newest last. */
let estimated: { arms: Record<string, unknown>[]; [name: string]: unknown }[];

beforeEach(() => {
  sessionStorage.clear();
  for (const name of ["experiment/1", "typed/experiment/1"]) writeDraft(name, undefined);
  estimated = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    if (path === "/api/experiments/estimate") estimated.push(JSON.parse(String(init?.body)));
    const message = "Arms differ in size.";
    return Response.json({ error: { code: "invalid", message, field: "arms.1.adapters" } }, { status: 400 });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open() {
  const client = testClient();
  client.setQueryData(modelsQuery().queryKey, [model]);
  client.setQueryData(dataSetsQuery().queryKey, [dataSet]);
  renderPage(<NewExperimentPage />, client);
}

const arm = (name: string) => within(screen.getByRole("group", { name: `Arm ${name}` }));
const armNames = () => screen.getAllByRole("group", { name: /^Arm / }).map((group) => group.getAttribute("aria-label"));
const choose = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

it("adds an arm, renames it, and removes it, but keeps two", () => {
  open();
  expect(armNames()).toHaveLength(2);
  expect(screen.queryByRole("button", { name: /^Remove arm/ })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Add an arm" }));
  const added = armNames()[2] ?? "";
  fireEvent.change(arm(added.replace("Arm ", "")).getByLabelText("Arm"), { target: { value: "third" } });
  expect(armNames()[2]).toBe("Arm third");
  fireEvent.click(screen.getByRole("button", { name: "Remove arm third" }));
  expect(armNames()).toHaveLength(2);
});

it("takes learning rates as a list or a range, with points only in a grid", () => {
  open();
  const stan = () => arm("STAN");
  expect(stan().getByLabelText("Points")).toBeTruthy();
  choose("Search", "random");
  expect(stan().queryByLabelText("Points")).toBeNull();
  expect(screen.getByLabelText("Trials per arm")).toBeTruthy();
  fireEvent.change(stan().getByLabelText("Learning rates"), { target: { value: "list" } });
  fireEvent.change(stan().getByLabelText("Values"), { target: { value: "0.003, 0.01" } });
  expect(stan().queryByLabelText("From")).toBeNull();
  choose("Search", "grid");
  expect(screen.queryByLabelText("Trials per arm")).toBeNull();
});

it("asks for a name first, then estimates what is typed, and shows a refusal with its field marked", async () => {
  open();
  typeInto("Name", "");
  expect(screen.getByText("Name the experiment.")).toBeTruthy();
  typeInto("Name", "three seeds");
  typeInto("Steps", "7");
  typeInto("Seeds", "1, 2");
  // At the field and in the note that the experiment cannot start.
  await waitFor(() => expect(screen.getAllByText("Arms differ in size.")).toHaveLength(2));
  await waitFor(() => expect(estimated.at(-1)).toMatchObject({ name: "three seeds", finalSeeds: [1, 2] }));
  expect(await screen.findByText("Can’t start with these settings")).toBeTruthy();
  expect(arm("LoRA").getByLabelText("Method").getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Start" }).disabled).toBe(true);
  expect([textIn("Name"), textIn("Steps")]).toEqual(["three seeds", "7"]);
});

it("shows the settings of early stopping only while it is on", () => {
  open();
  const stopping = screen.getByRole<HTMLInputElement>("switch", { name: /^Stop underperforming trials/ });
  const wasOn = stopping.checked;
  expect(screen.queryByLabelText("Not before step") !== null).toBe(wasOn);
  fireEvent.click(stopping);
  expect(screen.queryByLabelText("Not before step") !== null).toBe(!wasOn);
});

it("packs the rows of all runs where that is switched on", async () => {
  open();
  await waitFor(() => expect(estimated.length).toBeGreaterThan(0));
  expect(estimated.at(-1)?.["training"]).not.toHaveProperty("packing");
  fireEvent.click(screen.getByRole("switch", { name: "Pack rows" }));
  await waitFor(() => expect(estimated.at(-1)?.["training"]).toMatchObject({ packing: true }));
});
