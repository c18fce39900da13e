"use client";
import { operationLabel, subjectName } from "@/components/latents/edit-words";
import type { PartProps } from "@/components/steering/steer-task";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import type { Edit } from "@/lib/contract/edit";
import type { CollectionModule } from "@/lib/contract/latent";
import type { LatentMethod } from "@/lib/contract/run-config";
import { formatSignificant } from "@/lib/numbers/format";
import { answerRows } from "./answer-rows";
import { AnswerTable } from "./answer-table";
import type { AnsweredInput, Answering } from "./answering";
import styles from "./answers.module.css";

type AnswersPanelProps = Pick<PartProps<Answering>, "method" | "steering"> & { readonly input: AnsweredInput };

/** What the head answers without the adapter, with it, with all edits and with each alone. */
export function AnswersPanel({ method, steering, input }: AnswersPanelProps) {
  const { params, setParams, collection, reading, isStale, start } = steering;
  const { compared, request, status, error } = reading;
  const modules = collection?.modules ?? [];
  const { view } = params;
  const edits = request?.edits ?? [];
  const nameOf = (place: number) => {
    const edit = edits[place];
    return edit === undefined ? "" : editWords(edit as Edit, modules, method);
  };
  return (
    <>
      {reading.isTruncated && (
        <ErrorNote tone="warn" title="Text truncated">
          Only the first {reading.tokens.length} tokens were read.
        </ErrorNote>
      )}
      <Panel
        title="Answers"
        isPadded={false}
        aside={
          compared?.adapter.kind === "classes" ? (
            <Segmented
              label="Shown of each class"
              value={view}
              options={[
                { value: "probability", label: "Probability" },
                { value: "score", label: "Logit" },
              ]}
              onValueChange={(next) => setParams({ view: next })}
            />
          ) : undefined
        }
        foot={
          compared === null ? undefined : (
            <>
              {compared.adapter.kind === "classes" && "Bold: the predicted class. "}Changes are relative to the adapter’s own prediction.
              All {input.positions} are read in one pass, so an edit at one {input.position} changes what the others see.
            </>
          )
        }
      >
        {error !== null && (
          <div className={styles["notice"]}>
            <ErrorNote title="Prediction failed" actions={<Button onClick={start}>Try again</Button>}>
              {error}
            </ErrorNote>
          </div>
        )}
        {compared !== null ? (
          <div className={isStale ? styles["stale"] : undefined} aria-busy={isStale}>
            <AnswerTable rows={answerRows(compared, nameOf)} adapter={compared.adapter} view={view} />
          </div>
        ) : (
          error === null && (
            <EmptyState title={status === "running" ? "Queued" : "What changes the prediction?"}>
              {status === "running"
                ? "Loading the model if it is not in memory yet."
                : `${input.ask}. Predictions update automatically, with each edit alone and all together.`}
            </EmptyState>
          )
        )}
      </Panel>
    </>
  );
}

/** `4 query 87 clamp 3.2` */
function editWords(edit: Edit, modules: readonly CollectionModule[], method: LatentMethod): string {
  if (!("latent" in edit)) return subjectName(edit, modules);
  const value = "value" in edit ? ` ${formatSignificant(edit.value)}` : "";
  return `${subjectName(edit, modules)} ${operationLabel(edit.operation, method)}${value}`;
}
