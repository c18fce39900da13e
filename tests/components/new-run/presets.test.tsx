// @vitest-environment happy-dom

import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { evidenceHref, measured } from "@/components/new-run/preset-evidence";
import { PresetSection } from "@/components/new-run/preset-section";
import { isDense, likeRun, middleLayers, presetsOf } from "@/components/new-run/presets";
import { runConfigsOf } from "@/components/new-run/run-configs";
import { newRunForm, type RunForm } from "@/components/new-run/run-form";
import { runRecordQuery, runsQuery } from "@/lib/client/runs";
import { feedForwardWriter } from "@/lib/contract/architectures/architectures";
import { expectedCost } from "@/lib/contract/expected-cost";
import type { ModelSummary } from "@/lib/contract/model";
import { recordOf, runDetailFixture } from "@/tests/components/runs/run-detail-fixture";
import { testClient } from "@/tests/support/page";
import { model } from "./small-model";

afterEach(cleanup);

const form = { ...newRunForm(model), dataSetId: "d" };
const shapes = (...names: string[]) => names.map((name) => ({ name, dIn: 4, dOut: 4 }));

let current: RunForm;
function Form() {
  const [value, setValue] = useState<RunForm>(form);
  current = value;
  return <PresetSection form={value} change={(changes) => setValue((before) => ({ ...before, ...changes }))} model={model} />;
}

describe("the presets", () => {
  it.each([
    ["llama", "mlp.down_proj"],
    ["gpt2", "mlp.c_proj"],
    ["gpt_neox", "mlp.dense_4h_to_h"],
    ["bert", "output.dense"],
    ["deberta-v2", "output.dense"],
    ["another", undefined],
  ])("know where the feed-forward part of %s ends", (architecture, name) => {
    expect(feedForwardWriter(architecture)).toBe(name);
  });

  it("take two layers of the middle, or all of fewer", () => {
    expect([middleLayers(30), middleLayers(6), middleLayers(3), middleLayers(2), middleLayers(1)]).toEqual([
      [14, 15],
      [2, 3],
      [0, 1],
      [0, 1],
      [0],
    ]);
  });

  it("adapt the default targets in all layers, and inspect few modules that write to the residual stream by few latents per token", () => {
    const gpt: ModelSummary = {
      ...model,
      ...{
        architecture: "gpt2",
        numLayers: 12,
        defaultTargets: ["c_attn"],
        projections: shapes("c_attn", "c_proj", "c_fc", "c_proj"),
      },
    };
    const [adapt, inspect] = presetsOf({ ...form, layers: [1] }, gpt);
    expect(adapt).toMatchObject({ name: "Adapt", changes: { modules: ["c_attn"], layers: null, numLatents: 256, k: 16 } });
    expect(inspect).toMatchObject({ changes: { method: "stan", modules: ["c_proj"], layers: [5, 6], numLatents: 512, k: 4 } });
    expect(inspect?.says).toBe("c_proj, layers 5-6, M = 512, k = 4");
  });

  it("say of an encoder that the reason was measured elsewhere", () => {
    const encoder = { ...model, architecture: "bert", projections: shapes("attention.output.dense", "output.dense") };
    expect(presetsOf(newRunForm(encoder), encoder)[1]?.measured.rest).toContain("Not measured on encoders");
  });

  it("like a LoRA have its modules and its parameters", () => {
    const lora = runConfigsOf({ ...form, method: "lora", ownRank: 32, layers: [0, 2] })[0]?.config ?? expect.fail("no configuration");
    const cost = expectedCost(lora.adapter, model);
    const like = likeRun(form, model, { config: lora, cost }) ?? expect.fail("nothing like it");
    expect(like).toMatchObject({ method: "stan", modules: ["q_proj", "v_proj"], layers: [0, 2], numLatents: 32, k: 2 });
    const [stan] = runConfigsOf({ ...form, ...like });
    expect(stan && expectedCost(stan.config.adapter, model)?.trainableParameters).toBe(cost?.trainableParameters);
    const run = { method: "lora" as const, modelId: model.id, cost };
    expect([isDense(run, model), isDense({ ...run, method: "stan" }, model), isDense({ ...run, modelId: "other" }, model)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("the section of presets", () => {
  it("shows which one the form has, sets another, and takes the modules of a LoRA", async () => {
    const client = testClient();
    const detail = runDetailFixture({ steps: 3, step: 3 });
    const config = runConfigsOf({ ...form, method: "lora", ownRank: 8, modules: ["v_proj"] })[0]?.config ?? expect.fail("no configuration");
    const run = {
      ...detail.run,
      id: "l",
      name: "a LoRA",
      method: "lora" as const,
      modelId: model.id,
      cost: expectedCost(config.adapter, model),
    };
    client.setQueryData(runsQuery().queryKey, { runs: [run], snapshot: { next: 1, open: [] } });
    client.setQueryData(runRecordQuery("l").queryKey, { ...recordOf(detail), run, config });
    render(
      <QueryClientProvider client={client}>
        <Form />
      </QueryClientProvider>,
    );
    const pressed = () => screen.getAllByRole("button", { pressed: true }).map(({ firstChild }) => firstChild?.textContent);
    expect(pressed()).toEqual(["Adapt"]);
    fireEvent.click(screen.getByRole("button", { name: /^Inspect and steer/ }));
    expect(pressed()).toEqual(["Inspect and steer"]);
    expect(current).toMatchObject({ method: "stan", modules: ["down_proj"], layers: [0, 1], numLatents: 512, k: 4 });
    for (const link of screen.getAllByRole("link", { name: "Measured on the demonstration model" })) {
      expect(link.getAttribute("href")).toBe(evidenceHref);
      expect(link.closest("button")).toBeNull();
    }
    expect(screen.getAllByRole("link", { name: "Measured on the demonstration model" })).toHaveLength(3);
    // One line each; the rest is folded.
    const line = screen.getByRole("button", { name: /^Inspect and steer/ });
    expect(line.textContent).toBe(`Inspect and steer${measured.inspect.line}`);
    expect(screen.getByText(/^down_proj, layers 0-1, M = 512, k = 4/).closest("details")?.open).toBe(false);
    fireEvent.change(screen.getByLabelText("Like this LoRA"), { target: { value: "l" } });
    await waitFor(() => expect(current).toMatchObject({ modules: ["v_proj"], layers: null, numLatents: 8, k: 1 }));
    expect(screen.queryAllByRole("button", { pressed: true })).toEqual([]);
  });

  it("says that the runs could not be loaded, and loads them at the second try", async () => {
    vi.stubGlobal("fetch", async () => Response.json({ error: { code: "internal", message: "broken here" } }, { status: 500 }));
    onTestFinished(() => void vi.unstubAllGlobals());
    render(
      <QueryClientProvider client={testClient()}>
        <Form />
      </QueryClientProvider>,
    );
    expect(screen.queryByText("No LoRA of this model yet.", { exact: false })).toBeNull();
    const failed = await screen.findByRole("alert");
    expect(failed.textContent).toContain("Could not load the runs: broken here");
    vi.stubGlobal("fetch", async () => Response.json({ runs: [], snapshot: { next: 1, open: [] } }));
    fireEvent.click(within(failed).getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("No LoRA of this model yet.", { exact: false })).toBeTruthy();
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
