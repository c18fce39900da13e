import { chosenMethods, formMethodOf } from "@/components/methods/forms";
import type { RunForm } from "./run-form";

/** A form with the sizes that a link gives (`rank`, `k`, `numLatents`, `steps`), as of a run that would match another, in the fields of the chosen methods; what is no whole number from 1 is left as it is. */
export function withSizes(form: RunForm, parameters: { get: (name: string) => string | null }): RunForm {
  const size = (name: string, otherwise: number) => {
    const text = parameters.get(name);
    return text !== null && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : otherwise;
  };
  const changed: RunForm = { ...form, training: { ...form.training, steps: size("steps", form.training.steps) } };
  for (const method of chosenMethods(form)) Object.assign(changed, formMethodOf({ method }).fieldsOfSizes?.(form, size));
  return changed;
}
