"use client";
import { useMutation } from "@tanstack/react-query";
import { CancelCollection } from "@/components/shell/cancel-collection";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { experimentActionMutation } from "@/lib/client/experiments";
import { cancelJobMutation } from "@/lib/client/jobs";
import { runActionMutation } from "@/lib/client/runs";
import { isOpenWork, type WorkItem } from "@/lib/contract/work";

/** Cancels a job, a collection, a queued training or an experiment; stops a running training, which keeps its adapter. */
export function WorkActions({ item }: { readonly item: WorkItem }) {
  if (!isOpenWork(item)) return null;
  if (item.job !== null) return <CancelJob item={item} />;
  if (item.kind === "training") return <EndTraining item={item} />;
  if (item.kind === "collection") return <CancelCollection collectionId={item.id} size="dense" />;
  return item.kind === "experiment" ? <CancelExperiment item={item} /> : null;
}

type ActionProps = { readonly item: WorkItem };

function CancelJob({ item }: ActionProps) {
  const cancel = useMutation(cancelJobMutation());
  return (
    <>
      <Button
        look="quiet"
        size="dense"
        disabled={cancel.isPending}
        aria-label={`Cancel ${item.subject}`}
        onClick={() => cancel.mutate(item.id)}
      >
        Cancel
      </Button>
      <Refusal error={cancel.error} />
    </>
  );
}

function EndTraining({ item }: ActionProps) {
  const act = useMutation(runActionMutation(item.id));
  const isQueued = item.state === "queued";
  return (
    <>
      <InlineConfirm
        label={isQueued ? "Cancel" : "Stop"}
        question={isQueued ? "Cancel this training?" : "Stop and keep the adapter?"}
        confirmLabel={isQueued ? "Cancel training" : "Stop training"}
        size="dense"
        isBusy={act.isPending}
        onConfirm={() => act.mutate(isQueued ? "cancel" : "stop")}
      />
      <Refusal error={act.error} />
    </>
  );
}

function CancelExperiment({ item }: ActionProps) {
  const act = useMutation(experimentActionMutation(item.id));
  return (
    <>
      <InlineConfirm
        label="Cancel"
        question="Cancel this experiment and its running trainings?"
        confirmLabel="Cancel experiment"
        size="dense"
        isBusy={act.isPending}
        onConfirm={() => act.mutate("cancel")}
      />
      <Refusal error={act.error} />
    </>
  );
}

function Refusal({ error }: { readonly error: Error | null }) {
  return error === null ? null : (
    <span className="status bad small" role="alert">
      {messageOf(error)}
    </span>
  );
}
