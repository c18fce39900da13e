import { messageOf } from "@/components/ui/error-note";
import type { ExperimentInput } from "@/lib/contract/experiment";
import { type ExperimentForm, experimentOf } from "./experiment-form";

type ReadForm = { readonly request: ExperimentInput; readonly problem?: undefined } | { readonly request: null; readonly problem: string };

/** The request, or why there is none yet. */
export function readForm(form: ExperimentForm, domains: readonly string[]): ReadForm {
  if (form.name.trim() === "") return { request: null, problem: "Name the experiment." };
  try {
    return { request: experimentOf(form, domains) };
  } catch (error) {
    return { request: null, problem: messageOf(error) };
  }
}
