import { chosenMethods, formMethodOf } from "@/components/methods/forms";
import type { NewRunAddress } from "@/components/shell/new-run-address";
import type { RunForm } from "./run-form";

/** A form with the sizes that a link gives, as of a run that would match another, in the fields of the chosen methods. */
export function withSizes(form: RunForm, { steps, ...sizes }: NewRunAddress): RunForm {
  const changed: RunForm = { ...form, training: { ...form.training, steps: steps ?? form.training.steps } };
  for (const method of chosenMethods(form)) Object.assign(changed, formMethodOf({ method }).fieldsOfSizes?.(form, sizes));
  return changed;
}
