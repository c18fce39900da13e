// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it } from "vitest";
import { pagesOf } from "@/components/methods/methods";
import { MethodSection } from "@/components/new-run/method-section";
import { runConfigsOf } from "@/components/new-run/run-configs";
import { newRunForm, type RunForm } from "@/components/new-run/run-form";
import { ScheduleSection } from "@/components/new-run/schedule-section";
import { SizeSection } from "@/components/new-run/size-section";
import { adapterConfig, runConfig } from "@/lib/contract/run-config";
import { model } from "@/tests/components/new-run/small-model";
import { typeInto } from "@/tests/support/typed-field";

afterEach(cleanup);

let form: RunForm;

function Form() {
  const [current, setForm] = useState<RunForm>({ ...newRunForm(model), modelId: model.id, dataSetId: "d" });
  const change = (changes: Partial<RunForm>) => setForm((before) => ({ ...before, ...changes }));
  form = current;
  return (
    <>
      <MethodSection form={current} change={change} model={model} />
      <SizeSection form={current} change={change} />
      <ScheduleSection form={current} change={change} />
    </>
  );
}

it("VeRA is chosen and filled in in the form of a new run, which says whose defaults it has", () => {
  render(<Form />);
  fireEvent.click(screen.getByRole("radio", { name: /^VeRA/ }));
  expect(screen.getByText(/A and B are random, frozen and shared by all modules/).textContent).toContain("the learning rate is ours");
  typeInto("Rank, r, exactly", "96");
  typeInto("Initial λ_d", "0.3");
  typeInto("Seed of A and B", "7");
  const [run, ...others] = runConfigsOf(form);
  expect(others).toEqual([]);
  expect(run?.name).toBe("vera-r96");
  const { adapter } = runConfig.parse(run?.config);
  expect(adapter).toMatchObject({ method: "vera", rank: 96, dInitial: 0.3, projectionKey: 7 });
});

it("a run of VeRA says what is frozen, and that it can be merged", () => {
  const adapter = adapterConfig.parse({ method: "vera", rank: 96, dropout: 0.1, targets: { modules: ["v_proj"] } });
  const page = pagesOf(adapter);
  expect(Object.fromEntries(page.facts(adapter))).toEqual({
    Rank: "96",
    "Initial λ_d": "0.1",
    "A and B": "frozen, seed 0, saved with the adapter",
    Dropout: expect.stringContaining("10"),
  });
  expect(page.merging(adapter)).toContain("can be merged");
});
