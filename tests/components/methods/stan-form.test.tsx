// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it } from "vitest";
import { ArmFields } from "@/components/experiments/form/arm-fields";
import { type ArmForm, armOf } from "@/components/experiments/form/arm-form";
import { exampleForm } from "@/components/experiments/form/experiment-form";
import { AdvancedFields } from "@/components/new-run/advanced-fields";
import { runConfigsOf } from "@/components/new-run/run-configs";
import { newRunForm, type RunForm } from "@/components/new-run/run-form";
import { model } from "@/tests/components/new-run/small-model";

afterEach(cleanup);

let form: RunForm;
let arm: ArmForm;

function Settings() {
  const [current, setForm] = useState<RunForm>({ ...newRunForm(model), modelId: model.id, dataSetId: "d", method: "stan" });
  form = current;
  return <AdvancedFields form={current} change={(changes) => setForm((before) => ({ ...before, ...changes }))} />;
}

function Arm({ of }: { readonly of: ArmForm }) {
  const [current, setArm] = useState(of);
  arm = current;
  return (
    <ArmFields
      arm={current}
      place="arms.0"
      search="grid"
      task={{ kind: "languageModel" }}
      targets={["v_proj"]}
      onArm={(changes) => setArm((before) => ({ ...before, ...changes }))}
      onRemove={null}
    />
  );
}

it("BatchTopK is chosen in the form of a new run, which says that it selects over micro-batches", () => {
  render(<Settings />);
  expect(screen.getByText("0: the whole batch")).toBeTruthy();
  fireEvent.change(screen.getByLabelText("Sparsity"), { target: { value: "batchtopk" } });
  expect(screen.getByText("0: the whole batch. BatchTopK selects over one micro-batch")).toBeTruthy();
  expect(screen.getByText(/Training selects over each micro-batch/)).toBeTruthy();
  expect(runConfigsOf(form)).toMatchObject([{ config: { adapter: { method: "stan", sparsity: "batchtopk" } } }]);
});

it("an arm of STAN in an experiment offers BatchTopK", () => {
  const run = { ...newRunForm(model), modelId: model.id, dataSetId: "d" };
  const [stan] = exampleForm(run).arms;
  if (stan === undefined) expect.fail("no arm");
  render(<Arm of={stan} />);
  expect(armOf(arm, run).adapters[0]).not.toHaveProperty("sparsity");
  fireEvent.change(screen.getByLabelText("Sparsity"), { target: { value: "batchtopk" } });
  expect(armOf(arm, run).adapters).toMatchObject([{ method: "stan", sparsity: "batchtopk" }]);
});
