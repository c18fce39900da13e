// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { ModelSection } from "@/components/new-run/model-section";
import { newRunForm, type RunForm } from "@/components/new-run/run-form";
import { renderPage } from "@/tests/support/page";
import { model } from "./small-model";

afterEach(cleanup);

const gguf = { ...model, id: "g", name: "packed", format: "gguf" as const };

function draw(chosen: typeof model, changes: Partial<RunForm> = {}) {
  const change = vi.fn();
  const form = { ...newRunForm(chosen), ...changes };
  renderPage(<ModelSection form={form} change={change} models={[model, gguf]} dataSet={undefined} />);
  return change;
}

const choices = () =>
  [...screen.getByLabelText<HTMLSelectElement>("Frozen weights").options].map(({ value, textContent }) => [value, textContent]);

it("weights of a safetensors model can be held dense or in NF4, those of a GGUF file also as they are in it", () => {
  const always = [
    ["float32", "float32"],
    ["bfloat16", "bfloat16, faster"],
  ];
  const nf4 = ["nf4", "NF4, 4 bits a weight"];
  draw(model);
  expect(choices()).toEqual([...always, nf4]);
  cleanup();
  draw(gguf);
  expect(choices()).toEqual([...always, ["stored", "as in the GGUF file, less memory"], nf4]);
});

it("a choice of packed weights says what is packed", () => {
  draw(model, { frozenDtype: "nf4" });
  expect(screen.getByText(/projections are rounded to NF4/)).toBeTruthy();
});

it("a model that is no GGUF file is chosen with weights in float32 where those of the last one stayed packed", () => {
  const change = draw(gguf, { frozenDtype: "stored" });
  fireEvent.change(screen.getByLabelText("Model"), { target: { value: model.id } });
  expect(change.mock.calls[0]?.[0]).toMatchObject({ modelId: model.id, frozenDtype: "float32" });
});
