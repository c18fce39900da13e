"use client";
import { Fragment, useSyncExternalStore } from "react";
import { isSameLatent } from "@/components/latents/latent-href";
import { followDrafts } from "@/components/ui/drafts";
import { Link } from "@/components/ui/link";
import type { LatentRef } from "@/lib/contract/edit";
import { labelDraftNames, latentOfDraft } from "./label-draft";

type UnsavedLabelsProps = {
  readonly collectionId: string;
  readonly latent: LatentRef;
  readonly nameOf: (latent: LatentRef) => string;
  readonly hrefOf: (latent: LatentRef) => string;
};

/** Which other latents have an unsaved label. */
export function UnsavedLabels({ collectionId, latent, nameOf, hrefOf }: UnsavedLabelsProps) {
  const names = useSyncExternalStore(
    followDrafts,
    () => labelDraftNames(collectionId),
    () => "",
  );
  const others = names
    .split("\n")
    .filter((name) => name !== "")
    .map((name) => latentOfDraft(collectionId, name))
    .filter((other) => !isSameLatent(other, latent));
  if (others.length === 0) return null;
  return (
    <p className="note" role="status">
      Unsaved labels:{" "}
      {others.map((other, at) => (
        <Fragment key={`${other.module} ${other.index}`}>
          {at === 0 ? "" : ", "}
          <Link className="link" href={hrefOf(other)}>
            {nameOf(other)}
          </Link>
        </Fragment>
      ))}
    </p>
  );
}
