"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ByteText } from "@/components/ui/byte-text";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import type { Preview, PreviewRow } from "@/lib/contract/data-set";
import { isLabelledTask } from "@/lib/contract/tasks/tasks";
import { formatInteger, formatPercent, formatPlural } from "@/lib/numbers/format";
import { AnswerCounts } from "./answer-counts";
import styles from "./new-run.module.css";
import { previewRows } from "./preview-request";
import { repeatedTokens } from "./repeated-tokens";
import type { RunForm } from "./run-form";
import { writeEscapes } from "./separator-text";
import { usePreview } from "./use-preview";

/** Real rows, token by token, as the loss will see them. */
export function PreviewPanel({ form, isReady }: { form: RunForm; isReady: boolean }) {
  const [from, setFrom] = useState(0);
  const { mapping, useChatTemplate, task } = form;
  const isLabelled = isLabelledTask(task);
  const isOfImages = mapping.kind === "labelledImage";
  const { preview, isAsked } = usePreview(form, isReady, from);
  const { data } = preview;
  return (
    <Panel
      title={isOfImages ? "Labels" : "Loss mask preview"}
      isPadded={false}
      aside={
        isLabelled ? (
          <span className="tiny mid">
            {task.kind === "denoising"
              ? "the model is told the class of each image"
              : `loss on the label of each ${isOfImages ? "image" : "row"}`}
          </span>
        ) : (
          <span className="row tiny mid">
            <span className={styles["legend"]}>
              <span className={styles["with"]}>token</span>loss
            </span>
            <span className={styles["legend"]}>
              <span className={styles["without"]}>token</span>no loss
            </span>
          </span>
        )
      }
      foot={
        <span className="row between wrap">
          <span className={styles["counts"]}>
            {data ? (
              isLabelled ? (
                <AnswerCounts preview={data} />
              ) : (
                <Counts preview={data} />
              )
            ) : isAsked ? (
              isLabelled ? (
                "Counting labels"
              ) : (
                "Counting tokens"
              )
            ) : (
              "Counts appear once the rows are loaded."
            )}
          </span>
          <span className="row">
            <Button look="quiet" size="dense" disabled={from === 0} onClick={() => setFrom(Math.max(0, from - previewRows))}>
              Previous
            </Button>
            <Button
              look="quiet"
              size="dense"
              disabled={!data || from + previewRows >= data.totalRows}
              onClick={() => setFrom(from + previewRows)}
            >
              Next rows
            </Button>
          </span>
        </span>
      }
    >
      {isAsked && mapping.kind === "promptCompletion" ? (
        <p className={`note ${styles["separatorNote"]}`}>{separatorWords(mapping.separator, useChatTemplate)}</p>
      ) : null}
      <div className={styles["rows"]} data-stale={preview.isPlaceholderData} aria-live="polite">
        {isAsked ? (
          <Rows preview={data} error={preview.error} onRetry={() => void preview.refetch()} />
        ) : (
          <p className={styles["hint"]}>Choose a model, a dataset and its columns to preview rows.</p>
        )}
      </div>
    </Panel>
  );
}

function Rows({ preview, error, onRetry }: { preview: Preview | undefined; error: Error | null; onRetry: () => void }) {
  if (error && !preview) {
    return (
      <div className={styles["row"]}>
        <ErrorNote title="Could not load the rows" actions={<Button onClick={onRetry}>Try again</Button>}>
          {messageOf(error)}
        </ErrorNote>
      </div>
    );
  }
  if (!preview) {
    return Array.from({ length: previewRows }, (_, row) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the places are all alike
      <div key={row} className={styles["row"]}>
        <Skeleton height={95} />
      </div>
    ));
  }
  return preview.rows.map((row) => <Row key={row.row} row={row} />);
}

function Row({ row }: { row: PreviewRow }) {
  const isAnswered = row.label !== undefined;
  const labels = row.tokens.filter((token) => token.hasLoss).length;
  return (
    <div className={styles["row"]}>
      <div className={styles["rowhead"]}>
        <span>
          row {formatInteger(row.row + 1)}
          {row.domain === null ? "" : `, ${row.domain}`}
        </span>
        <span className={(isAnswered ? row.label === null : labels === 0) ? styles["nolabels"] : undefined}>
          {row.isTooLong ? "cut at the length; " : ""}
          {isAnswered ? (
            row.label === null ? (
              "no label"
            ) : (
              <>
                label <b className={styles["with"]}>{row.label}</b>
                {row.tokens.length === 0 ? null : `, ${formatPlural(row.tokens.length, "token")}`}
              </>
            )
          ) : labels === 0 ? (
            "no token carries loss"
          ) : (
            `${formatInteger(labels)} of ${formatPlural(row.tokens.length, "token")} carry loss`
          )}
        </span>
      </div>
      {row.error !== null ? (
        <p className="status bad small">{row.error}</p>
      ) : row.tokens.length === 0 ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long rows are scrolled with the keyboard as well
        <section className={styles["tokens"]} tabIndex={0} aria-label={`Tokens of row ${formatInteger(row.row + 1)}`}>
          {repeatedTokens(row.tokens).map(({ token, times }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a token is known by its place
            <span key={place} className={token.hasLoss ? styles["with"] : styles["without"]} title={`token ${token.id}`}>
              <ByteText text={writeEscapes(token.text)} />
              {times === 1 ? null : <span className="dim"> × {formatInteger(times)} </span>}
            </span>
          ))}
        </section>
      )}
    </div>
  );
}

function separatorWords(separator: string | undefined, isChat: boolean): string {
  if (isChat) return "Prompt and completion are separated by the chat template.";
  if (separator === undefined) return "No separator (our default): the completion follows the prompt as written.";
  return `Separator “${writeEscapes(separator)}” after each prompt. It carries no loss, except in a token it shares with the completion.`;
}

function Counts({ preview }: { preview: Preview }) {
  const { labelTokens, tokens, rowsWithoutLabels, rowsTooLong, trainRows, validationRows } = preview;
  return (
    <>
      {labelTokens === null || tokens === null ? (
        "Counting the label tokens of all rows. "
      ) : (
        <>
          Label tokens: <b className="mid">{formatInteger(labelTokens)}</b> of {formatInteger(tokens)} (
          {formatPercent(tokens === 0 ? 0 : labelTokens / tokens)}).{" "}
        </>
      )}
      {trainRows === null || validationRows === null
        ? ""
        : `${formatPlural(trainRows, "training row")}, ${formatInteger(validationRows)} held out. `}
      {rowsWithoutLabels === null
        ? ""
        : rowsWithoutLabels === 0
          ? "All rows have labels. "
          : `Rows skipped for lack of labels: ${formatInteger(rowsWithoutLabels)}. `}
      {rowsTooLong ? `Rows longer than the length: ${formatInteger(rowsTooLong)}.` : ""}
    </>
  );
}
