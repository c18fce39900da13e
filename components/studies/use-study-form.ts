import { useQueryClient } from "@tanstack/react-query";
import { type DraftForm, useDraftForm } from "@/components/forms/use-draft-form";
import type { DraftSchema } from "@/components/ui/drafts";
import { keys } from "@/lib/client/keys";
import { startStudy } from "@/lib/client/studies";
import { type EditStudyInput, type StartStudyInput, type StudySummary, startStudyRequest } from "@/lib/contract/study";

type StudyFormOptions<Choice> = {
  readonly runId: string;
  readonly draftName: string;
  readonly schema: DraftSchema<Choice>;
  readonly beginning: Choice;
  /** What would be started, under which name in the list; of the study a string says what is missing. */
  readonly studyOf: () => { readonly study: EditStudyInput | string; readonly name: string };
  readonly onStarted: (studyId: string) => void;
};

export type StudyForm<Choice> = DraftForm<Choice, StartStudyInput, StudySummary>;

/** The form of one kind of study. */
export function useStudyForm<Choice extends object>({ runId, draftName, schema, beginning, studyOf, onStarted }: StudyFormOptions<Choice>) {
  const client = useQueryClient();
  return useDraftForm<Choice, StartStudyInput, StudySummary>({
    name: draftName,
    schema,
    beginning,
    requestOf: () => {
      const { study, name } = studyOf();
      return typeof study === "string" ? null : { name: name.slice(0, 120), study };
    },
    contract: startStudyRequest,
    mutation: {
      mutationFn: (request) => startStudy(runId, request),
      onSuccess: () => client.invalidateQueries({ queryKey: keys.studies(runId) }),
    },
    onSent: ({ id }) => onStarted(id),
  });
}
