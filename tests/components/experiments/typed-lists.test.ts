import { expect, it } from "vitest";
import { exampleForm, experimentOf } from "@/components/experiments/form/experiment-form";
import { newRunForm } from "@/components/new-run/run-form";

const plain = exampleForm({ ...newRunForm(undefined), modelId: "m1", dataSetId: "d1", modules: ["q_proj"] });

it("refuses a size of an arm that may be one number or two, and names the field", () => {
  const form = { ...plain, arms: plain.arms.map((arm) => ({ ...arm, sizes: "1,024" })) };
  expect(() => experimentOf(form, [])).toThrow(/^Latents of STAN: “1,024” can be one number or several/);
});
