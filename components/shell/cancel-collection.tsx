"use client";
import { useMutation } from "@tanstack/react-query";
import { messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { cancelCollectionMutation } from "@/lib/client/latents";

type CancelCollectionProps = { readonly collectionId: string; readonly size?: "normal" | "dense" };

/** Cancels a collection that is queued or running, once a person has confirmed it. */
export function CancelCollection({ collectionId, size = "normal" }: CancelCollectionProps) {
  const cancel = useMutation(cancelCollectionMutation());
  return (
    <>
      <InlineConfirm
        label="Cancel"
        question="Cancel and discard the counts so far?"
        confirmLabel="Cancel collection"
        size={size}
        isBusy={cancel.isPending}
        onConfirm={() => cancel.mutate(collectionId)}
      />
      {cancel.error !== null && (
        <span className="status bad small" role="alert">
          {messageOf(cancel.error)}
        </span>
      )}
    </>
  );
}
