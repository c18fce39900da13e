import { useRouter } from "next/navigation";
import { type DraftForm, useDraftForm } from "@/components/forms/use-draft-form";
import { startExperimentMutation } from "@/lib/client/experiments";
import { type ExperimentDetail, type ExperimentInput, experimentRequest } from "@/lib/contract/experiment";
import { type ExperimentForm, experimentForm } from "./experiment-form";
import { readForm } from "./read-form";

export type ExperimentDraft = DraftForm<ExperimentForm, ExperimentInput, ExperimentDetail>;

/** The form of a new experiment, which leads to what it started. @param domainsOf the domains of the chosen dataset */
export function useExperimentForm(beginning: ExperimentForm, domainsOf: (form: ExperimentForm) => readonly string[]): ExperimentDraft {
  const router = useRouter();
  return useDraftForm({
    name: "experiment/1",
    schema: experimentForm,
    beginning,
    requestOf: (form) => readForm(form, domainsOf(form)).request,
    contract: experimentRequest,
    mutation: startExperimentMutation(),
    onSent: ({ experiment }) => router.push(`/experiments/${experiment.id}`),
  });
}
