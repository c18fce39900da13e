"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type LatentHome, steeredRun } from "@/components/latents/latent-home";
import { steerHref } from "@/components/latents/steer-href";
import { useAddToEdits } from "@/components/latents/use-add-to-edits";
import { JobLine } from "@/components/shell/job-line";
import { Button, ButtonLink } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { messageOf } from "@/components/ui/error-note";
import { FailedPart } from "@/components/ui/failed-part";
import { measureEffectsMutation } from "@/lib/client/effects";
import { jobsQuery } from "@/lib/client/jobs";
import { type CollectionSummary, isOfNoisyImages } from "@/lib/contract/latent";
import { isOpenJob } from "@/lib/contract/run";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import styles from "./latents.module.css";
import type { LatentSelectionState } from "./use-latent-selection";

type SelectionTrayProps = {
  readonly home: LatentHome;
  readonly collection: Pick<CollectionSummary, "id" | "positionKind" | "domains">;
  /** `latent` or `component`. */
  readonly one: string;
  readonly selection: LatentSelectionState;
};

/** As many edits as a generation takes, and as many latents as one measurement. */
export const mostAtOnce = 256;

/** What can be done with the latents that are chosen. Of a dictionary there is no adapter that could be steered or measured. */
export function SelectionTray({ home, collection, one, selection }: SelectionTrayProps) {
  const { id: collectionId } = collection;
  const steeredId = steeredRun(home);
  const { latents, failed, clear } = selection;
  const measure = useMutation(measureEffectsMutation(collectionId));
  const [jobId, setJobId] = useState<string | null>(null);
  const jobs = useQuery({ ...jobsQuery(), enabled: jobId !== null });
  const job = jobs.data?.find(({ id }) => id === jobId);
  const steer = useAddToEdits(steeredId, collectionId, latents, "scale");
  const isTooMany = latents.length > mostAtOnce;
  const limit = isTooMany ? `At most ${formatInteger(mostAtOnce)} at once` : undefined;
  const isMeasuring = measure.isPending || (job !== undefined && isOpenJob(job));
  if (latents.length === 0 && job === undefined && failed === null) return null;
  return (
    <div className={`stack ${styles["tray"]}`}>
      {job !== undefined && (
        <div className={styles["traytask"]}>
          <JobLine job={job} />
          {!isMeasuring && (
            <Button look="quiet" size="dense" onClick={() => setJobId(null)}>
              Close
            </Button>
          )}
        </div>
      )}
      {failed !== null && <FailedPart query={failed} failure={`Could not load the ${one}s to select`} />}
      {measure.error !== null && (
        <p className="status bad small" role="alert">
          Measurement failed: {messageOf(measure.error)}
        </p>
      )}
      {latents.length > 0 && (
        <div className="row wrap">
          <b className="strong" role="status">
            {formatPlural(latents.length, one)} selected
          </b>
          <Button look="quiet" onClick={clear}>
            Clear
          </Button>
          <CopyButton text={() => JSON.stringify(latents)}>Copy</CopyButton>
          {home.kind === "run" && (
            <>
              {!isOfNoisyImages(collection) && (
                <Button
                  disabled={isMeasuring || isTooMany}
                  title={limit ?? `Measures the loss with each ${one} ablated, with controls`}
                  onClick={() => measure.mutate({ latents: [...latents] }, { onSuccess: (started) => setJobId(started.id) })}
                >
                  {isMeasuring ? "Measuring…" : "Measure effect"}
                </Button>
              )}
              {isTooMany ? (
                <span className="small dim">{limit}</span>
              ) : steeredId === null ? null : (
                <>
                  <ButtonLink href={steerHref(steeredId, collectionId, latents, "ablatePost")} title="Adds them to the edits, all ablated">
                    Ablate
                  </ButtonLink>
                  <ButtonLink
                    href={steerHref(steeredId, collectionId, latents, "isolate")}
                    title={`Adds an edit for each of their modules: every other ${one} there is 0`}
                  >
                    Isolate
                  </ButtonLink>
                  {steer !== null && (
                    <ButtonLink look="primary" href={steer.href} title={steer.title}>
                      {steer.label}
                    </ButtonLink>
                  )}
                </>
              )}
            </>
          )}
        </div>
      )}
    </div>
  );
}
