"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { QueryState, together } from "@/components/ui/query-state";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { dataSetsQuery } from "@/lib/client/data";
import { runRecordQuery } from "@/lib/client/runs";
import { studiesQuery } from "@/lib/client/studies";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { isLatentMethod, latentMethodOf } from "@/lib/contract/methods/methods";
import { hasAdapter, type RunRecord } from "@/lib/contract/run";
import type { MeasureRequest, StudySummary } from "@/lib/contract/study";
import { continuesText } from "@/lib/contract/tasks/tasks";
import { ForgettingForm } from "./forgetting/forgetting-form";
import { GainForm } from "./gain/gain-form";
import { MeasureEntry } from "./measure-entry";
import { measuresOf, measureToShow, openMeasure } from "./open-measure";

/** What a run's adapter as a whole is worth, and which latents that takes. */
export function MeasuresScreen({ runId }: { readonly runId: string }) {
  const record = useQuery(runRecordQuery(runId));
  const studies = useQuery(studiesQuery(runId));
  const dataSets = useQuery(dataSetsQuery());
  return (
    <QueryState query={together({ record, studies, dataSets })} failure="Could not load the measures" waiting={<Skeleton height={240} />}>
      {(data) =>
        continuesText(data.record.config) ? (
          <Measures runId={runId} {...data} />
        ) : (
          <ErrorNote tone="info" title="This run does not generate text">
            Measures read held-out rows with the latents of a model that continues text.
          </ErrorNote>
        )
      }
    </QueryState>
  );
}

type Kind = MeasureRequest["kind"];

function gainMeaning(noun: string): string {
  return `How much of the adapter’s gain, the held-out loss of the base model minus that of the adapter, remains when only the first ${noun}s stay and all others are ablated. One half of the rows orders the ${noun}s: by integrated gradients from base model to adapter, by attribution at the adapter, by output share, and at random. The other half measures.`;
}

function forgettingMeaning(noun: string): string {
  return `Which ${noun}s cost loss on general text, and what is left of both texts without them. The ${noun}s that are estimated to cost most are ablated in groups, then singly where a group does harm; a set is proposed that lowers the loss and keeps the gain, measured on rows that did not choose it, and can be baked into a repaired run.`;
}

type MeasuresProps = {
  readonly runId: string;
  readonly record: RunRecord;
  readonly studies: readonly StudySummary[];
  readonly dataSets: readonly DataSetSummary[];
};

function Measures({ runId, record: { run }, studies, dataSets }: MeasuresProps) {
  const [{ measure: chosen }, setChosen] = useQueryStates(openMeasure);
  const measures = measuresOf(studies);
  const openId = measureToShow(chosen, measures);
  const [kind, setKind] = useState<Kind>("gain");
  const { method } = run;
  if (!isLatentMethod(method)) return <p className="note">This run has no latents to measure.</p>;
  const { noun } = latentMethodOf({ method });
  const open = (id: string) => void setChosen({ measure: id });
  return (
    <div className="stack wide">
      <Panel
        title="New measure"
        aside={
          <Segmented<Kind>
            label="What is measured"
            value={kind}
            onValueChange={setKind}
            options={[
              { value: "gain", label: "Gain kept" },
              { value: "forgetting", label: "Forgetting" },
            ]}
          />
        }
      >
        <div className="stack fit gap-12">
          <p className="small mid">{kind === "gain" ? gainMeaning(noun) : forgettingMeaning(noun)}</p>
          {!hasAdapter(run) ? (
            <p className="note">The run is {run.status}. Measures need a finished adapter.</p>
          ) : kind === "gain" ? (
            <GainForm runId={runId} onStarted={open} />
          ) : (
            <ForgettingForm runId={runId} dataSets={dataSets} onStarted={open} />
          )}
        </div>
      </Panel>
      <Panel title="Results" isPadded={false}>
        {measures.length === 0 ? (
          <EmptyState title="No measures yet">
            A curve shows whether a few {noun}s carry what the adapter learned or the many together, and which order finds them; forgetting
            finds those that do harm elsewhere.
          </EmptyState>
        ) : (
          <ul>
            {measures.map((measure) => (
              <MeasureEntry
                key={measure.id}
                runId={runId}
                method={method}
                measure={measure}
                isOpen={measure.id === openId}
                onOpen={(isOpen) => void setChosen({ measure: isOpen ? measure.id : "" })}
              />
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}
