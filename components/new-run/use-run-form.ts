import { useRouter } from "next/navigation";
import { type DraftForm, useDraftForm } from "@/components/forms/use-draft-form";
import { startRunsMutation } from "@/lib/client/runs";
import type { StartRunInput } from "@/lib/contract/api";
import { type RunSummary, startRunsRequest } from "@/lib/contract/run";
import { startsOf } from "./run-configs";
import { type RunForm, runForm } from "./run-form";

export type RunDraft = DraftForm<RunForm, StartRunInput[], RunSummary[]>;

/** The form of a new run: starts one run for each chosen method, and leads to what it started. */
export function useRunForm(draftName: string, beginning: RunForm): RunDraft {
  const router = useRouter();
  return useDraftForm({
    name: draftName,
    schema: runForm,
    beginning,
    requestOf: startsOf,
    contract: startRunsRequest.shape.runs,
    mutation: startRunsMutation(),
    onSent: (started) => {
      const [first] = started;
      if (first) router.push(started.length === 1 ? `/runs/${first.id}` : "/");
    },
  });
}
