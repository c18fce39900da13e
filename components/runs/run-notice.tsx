"use client";
import { useMutation } from "@tanstack/react-query";
import { newRunHref } from "@/components/shell/new-run-address";
import { Button, ButtonLink } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { runActionMutation } from "@/lib/client/runs";
import type { RunSummary } from "@/lib/contract/run";
import { formatInteger } from "@/lib/numbers/format";
import { shortError } from "./run-status";

/** What went wrong, where, what still holds and what to do; nothing when all is well. */
export function RunNotice({ run }: { run: RunSummary }) {
  const resume = useMutation(runActionMutation(run.id));
  if (run.status !== "failed") return run.collection?.status === "failed" ? <CollectionFailed run={run} /> : null;
  const reason = run.error ?? "The run failed; no reason was recorded. See the log.";
  const title = shortError(reason);
  const rest = reason.slice(title.length).replace(/^\.?\s*/, "");
  return (
    <ErrorNote
      title={title.includes("step") ? title : `Failed at step ${formatInteger(run.step)}: ${title}`}
      actions={
        <>
          {run.isResumable ? (
            <Button disabled={resume.isPending} onClick={() => resume.mutate("resume")}>
              Resume
            </Button>
          ) : null}
          <ButtonLink look={run.isResumable ? "quiet" : "default"} href={newRunHref({ from: run.id })}>
            Start a changed copy
          </ButtonLink>
          {resume.error ? <span className="status bad small">{messageOf(resume.error)}</span> : null}
        </>
      }
    >
      {rest}
    </ErrorNote>
  );
}

function CollectionFailed({ run }: { run: RunSummary }) {
  return (
    <ErrorNote
      title="Training finished; collecting statistics failed"
      actions={<ButtonLink href={`/runs/${run.id}/latents`}>Collect again</ButtonLink>}
    >
      The adapter was saved and can be steered, but its latents have no statistics yet.
    </ErrorNote>
  );
}
