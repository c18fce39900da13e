"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Link } from "@/components/ui/link";
import { Modal } from "@/components/ui/modal";
import { QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { explainerQueryOptions, explainMutation, explanationQueryOptions } from "@/lib/client/labels";
import type { LatentRef } from "@/lib/contract/edit";
import { SentText } from "./sent-text";

type ExplainerBoxProps = { readonly collectionId: string; readonly latent: LatentRef; readonly hasLabel: boolean };

/** Asks the configured language model for a label, after showing the text it sends; links to the settings if the explainer is off. */
export function ExplainerBox({ collectionId, latent, hasLabel }: ExplainerBoxProps) {
  const settings = useQuery(explainerQueryOptions());
  const [isOpen, setIsOpen] = useState(false);
  if (settings.data === undefined) return null;
  if (!settings.data.isOn) {
    return (
      <p className="note">
        No explainer is set up. A language model can write labels on request.{" "}
        <Link className="link" href="/explainer">
          Explainer settings
        </Link>
      </p>
    );
  }
  return (
    <Dialog.Root open={isOpen} onOpenChange={setIsOpen}>
      <div className="row between">
        <Dialog.Trigger asChild>
          <Button size="dense">Ask {settings.data.model}…</Button>
        </Dialog.Trigger>
        <Link className="link small" href="/explainer">
          Settings
        </Link>
      </div>
      <Modal title="What is sent" isWide>
        <Sending collectionId={collectionId} latent={latent} hasLabel={hasLabel} onDone={() => setIsOpen(false)} />
      </Modal>
    </Dialog.Root>
  );
}

function Sending({ collectionId, latent, hasLabel, onDone }: ExplainerBoxProps & { readonly onDone: () => void }) {
  const preview = useQuery(explanationQueryOptions(collectionId, latent));
  const explain = useMutation(explainMutation(collectionId));
  return (
    <QueryState query={preview} failure="Nothing to send" waiting={<Skeleton height={240} />}>
      {({ endpoint, model, messages, scoring }) => (
        <>
          <p className="mid">
            To <span className="mono">{endpoint}</span>, model <span className="mono">{model}</span>. Nothing has been sent yet.
            {hasLabel ? " The new label replaces the current one." : ""}
          </p>
          <SentText messages={messages} scoring={scoring} />
          {explain.error !== null && <ErrorNote title="No label received">{messageOf(explain.error)}</ErrorNote>}
          <div className="row">
            <Button look="primary" disabled={explain.isPending} onClick={() => explain.mutate(latent, { onSuccess: onDone })}>
              {explain.isPending ? "Waiting for the response…" : "Send"}
            </Button>
            <Dialog.Close asChild>
              <Button>Close</Button>
            </Dialog.Close>
          </div>
        </>
      )}
    </QueryState>
  );
}
