// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AddModel } from "@/components/models/add-model";
import type { FoundHubModel, HubModel, HubSettings } from "@/lib/contract/hub";
import type { JobSummary } from "@/lib/contract/run";
import { renderPage } from "@/tests/support/page";
import { textIn, typeInto } from "@/tests/support/typed-field";

const settings: HubSettings = { isOn: false, address: "https://hub.example", token: null };
const support = { architecture: "llama", isSupported: true, nearest: null, missing: [] };
const model: HubModel = {
  ...{ id: "owner/tiny", downloads: 987, licence: "apache-2.0", isGated: false, support, commit: "0".repeat(40) },
  ...{ page: "https://hub.example/owner/tiny", isReadable: true, problem: null, freeBytes: 2 ** 40 },
  choices: [
    { file: null, sizeBytes: 2 ** 20, files: 3 },
    { file: "tiny.Q4_0.gguf", sizeBytes: 2 ** 18, files: 1 },
  ],
};
const found: FoundHubModel[] = [
  { id: "owner/tiny", downloads: 987, licence: "apache-2.0", isGated: true, support, format: "safetensors", sizeBytes: 2 ** 20 },
  {
    ...{ id: "owner/odd", downloads: 3, licence: null, isGated: false, format: "gguf", sizeBytes: null },
    support: { architecture: "hymba", isSupported: false, nearest: "llama", missing: ["state-space layers (state_size)"] },
  },
];
const job: JobSummary = {
  ...{ id: "t", kind: "fetchModel", title: "Fetch tiny.Q4_0.gguf", status: "queued", unit: "bytes", message: "" },
  ...{ done: 0, total: null, error: null, createdAt: "2026-01-01T00:00:00.000Z" },
};

let kept: HubSettings;
let looked: Partial<HubModel>;
let sent: { method: string; path: string; body: unknown }[];

beforeEach(() => {
  sessionStorage.clear();
  kept = settings;
  looked = {};
  sent = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    const method = init?.method ?? "GET";
    sent.push({ method, path, body: typeof init?.body === "string" ? JSON.parse(init.body) : undefined });
    if (path.startsWith("/api/hub/models")) return Response.json({ models: found });
    if (path.startsWith("/api/hub/model")) return Response.json({ ...model, ...looked });
    if (path === "/api/models") return Response.json(job);
    const { isOn, token } = (sent.at(-1)?.body ?? {}) as { isOn?: boolean; token?: string };
    if (method === "PUT")
      kept = { ...kept, isOn: isOn ?? kept.isOn, token: token === undefined ? kept.token : token === "" ? null : "entered" };
    return Response.json(kept);
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function open(): Promise<void> {
  renderPage(<AddModel />);
  fireEvent.click(screen.getByRole("button", { name: "Hub" }));
  await waitFor(() => expect(screen.getByRole<HTMLInputElement>("switch").disabled).toBe(false));
}

const press = (name: string | RegExp) => fireEvent.click(screen.getByRole("button", { name }));
const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>("button", { name });
const asked = () => sent.map(({ path }) => path).filter((path) => path.startsWith("/api/hub/"));

describe("a model of the hub", () => {
  it("is searched by what is typed once the switch is on, and nothing is sent before", async () => {
    await open();
    typeInto("Model on the hub", "tiny");
    expect(screen.getByText(/^What you type is sent to hub\.example\./)).toBeTruthy();
    fireEvent.click(screen.getByRole("switch", { name: "Search the hub as you type" }));
    const list = await screen.findByRole("list", { name: "Models on the hub" });
    expect(asked()).toEqual(["/api/hub/models?search=tiny"]);
    expect(
      within(list)
        .getAllByRole("button")
        .map(({ textContent }) => textContent?.replaceAll("\u00a0", " ")),
    ).toEqual([
      "owner/tiny987 downloads · 1.00 MiB · apache-2.0 · gatedllama",
      "owner/odd3 downloads · GGUF · licence not statedhymba, not supported; nearest: llama; missing: state-space layers (state_size)",
    ]);
    press(/^owner\/tiny/);
    await screen.findByText("apache-2.0");
    expect([textIn("Model on the hub"), asked().at(-1)]).toEqual(["owner/tiny", "/api/hub/model?id=owner%2Ftiny"]);
  });

  it("shows its size, licence and the free disk before it is fetched, and the file that is chosen", async () => {
    await open();
    typeInto("Model on the hub", "owner/tiny");
    press("Look up");
    await waitFor(() => expect(button(/^Fetch 1\.00/).disabled).toBe(false));
    const facts = [...document.querySelectorAll("dt")].map((dt) => [dt.textContent, dt.nextElementSibling?.textContent]);
    expect(JSON.stringify(facts).replaceAll("\u00a0", " ")).toBe(
      JSON.stringify([
        ["Size", "1.00 MiB (safetensors, 3 files)"],
        ["Free on disk", "1.00 TiB"],
        ["Licence", "apache-2.0"],
        ["Architecture", "llama"],
        ["Downloads", "987 in the last month"],
      ]),
    );
    fireEvent.change(screen.getByLabelText("Files"), { target: { value: "tiny.Q4_0.gguf" } });
    press(/^Fetch 256/);
    await screen.findByText("Started: Fetch tiny.Q4_0.gguf.");
    expect(sent.at(-1)?.body).toEqual({ source: "hub", id: "owner/tiny", file: "tiny.Q4_0.gguf" });
    expect(textIn("Model on the hub")).toBe("");
  });

  it.each<[string, Partial<HubModel>, RegExp]>([
    [
      "its architecture is not supported",
      { support: found[1]?.support ?? support },
      /^Its architecture is hymba, not supported; nearest: llama; missing/,
    ],
    ["its configuration is refused", { problem: "config.json: hidden_act mish" }, /hidden_act mish/],
    ["the disk has no room", { freeBytes: 10 }, /^It needs 1\.00.MiB, but only 10.B are free/],
    ["it holds nothing that is read", { choices: [], problem: null }, /neither safetensors nor GGUF/],
  ])("is not fetched where %s", async (_, found, reason) => {
    looked = found;
    await open();
    typeInto("Model on the hub", "owner/tiny");
    press("Look up");
    expect(await screen.findByText(reason)).toBeTruthy();
    expect(button(/^Fetch(?! Smol)/).disabled).toBe(true);
  });

  it.each([
    [null, "Access token"],
    ["entered", "Access token (stored)"],
    ["environment", "Access token (from HF_TOKEN)"],
  ] as const)("says whether there is a token, here %s", async (token, words) => {
    kept = { ...settings, token };
    await open();
    expect(screen.getByText(words, { selector: "summary" })).toBeTruthy();
  });

  it("that is gated leads to its page and to the token, which is sent once and stored nowhere in the browser", async () => {
    looked = { isGated: true, isReadable: false };
    await open();
    typeInto("Model on the hub", "owner/tiny");
    press("Look up");
    const link = await screen.findByRole("link", { name: "model’s page" });
    expect(link.getAttribute("href")).toBe("https://hub.example/owner/tiny");
    expect(button(/^Fetch(?! Smol)/).disabled).toBe(true);
    typeInto("Access token", "hf_secret");
    expect(screen.getByLabelText("Access token").getAttribute("type")).toBe("password");
    looked = { isGated: true };
    press("Store token");
    await waitFor(() => expect(button(/^Fetch 1\.00/).disabled).toBe(false));
    expect(sent.filter(({ body }) => JSON.stringify(body ?? "").includes("hf_secret")).map(({ path }) => path)).toEqual(["/api/hub"]);
    expect(JSON.stringify({ ...sessionStorage, ...localStorage })).not.toContain("hf_secret");
    expect(textIn("Access token")).toBe("");
    press("Remove token");
    await waitFor(() => expect(screen.queryByRole("button", { name: "Remove token" })).toBeNull());
  });
});
