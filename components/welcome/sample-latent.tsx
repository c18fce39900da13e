"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ExampleLine } from "@/components/latent/example-line";
import { LatentNumbers } from "@/components/latent/latent-numbers";
import { editToText } from "@/components/latents/edit-text";
import { latentName } from "@/components/latents/edit-words";
import { latentHref } from "@/components/latents/latent-href";
import { defaultLatentParams } from "@/components/latents/latent-params";
import { RampKey } from "@/components/plots/ramp-key";
import { stateSuffix } from "@/components/ui/address/state-suffix";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { sampleQuery } from "@/lib/client/sample";
import { labelOrAutomatic } from "@/lib/contract/automatic-label";
import type { LatentExample } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import type { Sample, SampleLatent as Shown } from "@/lib/contract/sample";
import { formatSignificant } from "@/lib/numbers/format";
import { SampleSteering } from "./sample-steering";
import { useOpenSample } from "./use-open-sample";
import styles from "./welcome.module.css";

/** About as high as the panel, so that nothing moves when it loads. */
const waitingHeight = 480;

/** One latent of the sample as its own page shows it, read from the sample's files. */
export function SampleLatent() {
  const sample = useQuery(sampleQuery());
  return (
    <div className={styles["sample"]}>
      <QueryState query={sample} failure="Could not load the sample" waiting={<Skeleton height={waitingHeight} />}>
        {(data) => <LatentPanel sample={data} />}
      </QueryState>
    </div>
  );
}

function LatentPanel({ sample }: { readonly sample: Sample }) {
  const { run, latent } = sample;
  const { detail, collection } = latent;
  const { row, colourMax, examples } = detail;
  const { open, isOpening, error } = useOpenSample();
  const [whole, setWhole] = useState<LatentExample | null>(null);
  const kind = positionKindOf(detail.positionKind);
  const name = latentName(row, collection.modules);
  return (
    <Panel
      title={
        <>
          A latent of the sample: <span className="mono">{name}</span> <span className="mid regular">{labelOrAutomatic(row, kind)}</span>
        </>
      }
      isPadded={false}
      aside={
        <>
          <RampKey ramp="act" max={formatSignificant(colourMax)} isSigned={(row.minActivation ?? 0) < 0} />
          <Button size="dense" disabled={isOpening} onClick={() => open(({ id }) => latentHref(id, row, defaultLatentParams))}>
            Read it
          </Button>
          <Button size="dense" disabled={isOpening} onClick={() => open(({ id }) => steeredHref(id, latent))}>
            Steer it
          </Button>
        </>
      }
      foot={
        <>
          Its strongest firings, around the underlined {kind.noun}, coloured by activation; point at a {kind.noun} for its value. Learned by{" "}
          {run.name.replace(/^Sample: /, "")} over the {run.modelName}.
        </>
      }
    >
      {error ? <ErrorNote title="Could not open the sample">{messageOf(error)}</ErrorNote> : null}
      <div className={styles["numbers"]}>
        <LatentNumbers detail={detail} collection={collection} noun="latent" isDense={false} mayMeasure isReadOnly loss="languageModel" />
      </div>
      {examples.map((example) => (
        <ExampleLine
          key={`${example.row} ${example.position}`}
          example={example}
          kind={kind}
          colourMax={colourMax}
          isWhole={whole === example}
          onIsWholeChange={(isWhole) => setWhole(isWhole ? example : null)}
          domainOrder={collection.domains.findIndex(({ name }) => name === example.domain)}
        />
      ))}
      <SampleSteering sample={sample} />
    </Panel>
  );
}

/** Steer with the sample's prompt and edit, ready to run. */
function steeredHref(runId: string, { steering: { prompt, edit } }: Shown): string {
  const state = new URLSearchParams({ edit: editToText(edit), prompt });
  return `/runs/${encodeURIComponent(runId)}/steer${stateSuffix(state)}`;
}
