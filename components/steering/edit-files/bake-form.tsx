"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Dialog } from "radix-ui";
import { useEffect } from "react";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { JobLine } from "@/components/shell/job-line";
import { Button, ButtonLink } from "@/components/ui/button";
import { flatDraft } from "@/components/ui/drafts";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { TextField } from "@/components/ui/text-field";
import { jobsQuery, putJob } from "@/lib/client/jobs";
import { keys } from "@/lib/client/keys";
import { runRecordQuery } from "@/lib/client/runs";
import { bake } from "@/lib/client/saved-edits";
import type { Edit } from "@/lib/contract/edit";
import { type BakeInput, bakeRequest } from "@/lib/contract/steering";
import type { BakingWords } from "./baking-words";

type BakeFormProps = { readonly runId: string; readonly baked: readonly Edit[]; readonly refused: BakingWords["refused"] };

/** Names the new run, then shows how far it has come and leads to it. */
export function BakeForm({ runId, baked, refused }: BakeFormProps) {
  const client = useQueryClient();
  const parent = useQuery(runRecordQuery(runId));
  const beginning = { name: `${(parent.data?.run.name ?? "run").slice(0, 108)}, edited` };
  const form = useDraftForm({
    name: `bake/1/${runId}`,
    schema: flatDraft(beginning),
    beginning,
    requestOf: ({ name }) => (name.trim() === "" ? null : { name: name.trim(), edits: [...baked] }),
    contract: bakeRequest,
    mutation: {
      mutationFn: (request: BakeInput) => bake(runId, request),
      onSuccess: ({ task }) => putJob(client, task),
    },
  });
  const { name } = form.value;
  const { sending: start } = form;
  if (start.data !== undefined) return <Baking derivedId={start.data.runId} jobId={start.data.task.id} />;
  return (
    <Form form={form} className="stack">
      <p className="small mid">
        Writes a copy of this run’s adapter with {baked.length === 1 ? "it" : "them"} in its matrices. It appears as a run of its own,
        derived from this one, and gives the same logits as the edited arm with {baked.length === 1 ? "this edit" : "these edits"} alone.
        {refused.length > 0 ? ` Left out: ${refused.map(({ names }) => names).join("; ")}.` : ""}
      </p>
      <TextField label="Run name" field="name" value={name} maxLength={120} onValueChange={(name) => form.set({ name })} />
      {start.error !== null && <ErrorNote title="Could not bake the edits">{messageOf(start.error)}</ErrorNote>}
      <div className="row">
        <Button look="primary" type="submit" disabled={start.isPending || name.trim() === ""}>
          {start.isPending ? "Starting…" : "Bake"}
        </Button>
        <Dialog.Close asChild>
          <Button>Close</Button>
        </Dialog.Close>
      </div>
    </Form>
  );
}

function Baking({ derivedId, jobId }: { readonly derivedId: string; readonly jobId: string }) {
  const client = useQueryClient();
  const jobs = useQuery(jobsQuery());
  const job = jobs.data?.find(({ id }) => id === jobId);
  const isDone = job?.status === "finished";
  useEffect(() => {
    if (isDone) void client.invalidateQueries({ queryKey: keys.runs, exact: true });
  }, [client, isDone]);
  return (
    <div className="stack">
      {job === undefined ? <p className="small mid">Waiting for a worker…</p> : <JobLine job={job} />}
      <div className="row">
        {isDone && (
          <ButtonLink look="primary" href={`/runs/${encodeURIComponent(derivedId)}`}>
            Open the new run
          </ButtonLink>
        )}
        <Dialog.Close asChild>
          <Button>Close</Button>
        </Dialog.Close>
      </div>
      {!isDone && job?.status !== "failed" && <p className="note">You can close this page.</p>}
    </div>
  );
}
