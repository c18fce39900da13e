// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { MethodSection } from "@/components/new-run/method-section";
import { newRunForm, type RunForm } from "@/components/new-run/run-form";
import { ScheduleSection } from "@/components/new-run/schedule-section";
import { SizeSection } from "@/components/new-run/size-section";
import { textIn, typeInto } from "@/tests/support/typed-field";
import { model } from "./small-model";

afterEach(cleanup);

let form: RunForm;
let pasteForm: (changes: Partial<RunForm>) => void;

function Form({ begin }: { begin: Partial<RunForm> }) {
  const [current, setForm] = useState<RunForm>({ ...newRunForm(model), modelId: model.id, ...begin });
  const change = (changes: Partial<RunForm>) => setForm((before) => ({ ...before, ...changes }));
  form = current;
  pasteForm = change;
  return (
    <>
      <MethodSection form={current} change={change} model={model} />
      <SizeSection form={current} change={change} />
      <ScheduleSection form={current} change={change} />
    </>
  );
}

describe("a field that is read from text", () => {
  it("keeps layers as they are typed and shows those of a pasted configuration", () => {
    render(<Form begin={{ method: "stan" }} />);
    typeInto("Layers", "0-1,");
    expect(textIn("Layers")).toBe("0-1,");
    typeInto("Layers", "0-1, 1");
    expect([textIn("Layers"), form.layers]).toEqual(["0-1, 1", [0, 1]]);
    act(() => pasteForm({ layers: [1] }));
    expect(textIn("Layers")).toBe("1");
  });

  it("gives up a number that cannot be read for one that was pasted", () => {
    render(<Form begin={{ method: "stan" }} />);
    typeInto("Steps", "many");
    fireEvent.blur(screen.getByLabelText("Steps"));
    expect(textIn("Steps")).toBe("many");
    act(() => pasteForm({ training: { ...form.training, steps: 70 } }));
    expect(textIn("Steps")).toBe("70");
  });

  it("keeps a size that cannot be read in sight, with the field marked", () => {
    render(<Form begin={{ method: "stan" }} />);
    typeInto("Latents per module, M, exactly", "2.048");
    fireEvent.blur(screen.getByLabelText("Latents per module, M, exactly"));
    expect(textIn("Latents per module, M, exactly")).toBe("2.048");
    expect(screen.getByLabelText("Latents per module, M, exactly").getAttribute("aria-invalid")).toBe("true");
    expect(form.numLatents).toBe(256);
  });

  it("says what BatchTopK does in inference where it is chosen", () => {
    render(<Form begin={{ method: "stan" }} />);
    expect(screen.queryByText(/decay 0.9, our choice/)).toBeNull();
    fireEvent.change(screen.getByLabelText("Sparsity"), { target: { value: "batchtopk" } });
    expect(screen.getByText(/Inference keeps latents above a threshold/).textContent).toContain("decay 0.9, our choice");
    expect(form.sparsity).toBe("batchtopk");
  });

  it("says which alpha a fraction of the rank gives", () => {
    render(<Form begin={{ method: "lora", ownRank: 3, alphaOverRank: 0.5 }} />);
    expect(screen.getByText("alpha = 0.5 r = 1.5.")).toBeTruthy();
  });
});
