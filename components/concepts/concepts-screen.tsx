"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { ImagesNote } from "@/components/shell/images-note";
import { EmptyState } from "@/components/ui/empty-state";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { QueryState, together } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { dataSetsQuery } from "@/lib/client/data";
import { detectionsQuery } from "@/lib/client/detections";
import { runRecordQuery } from "@/lib/client/runs";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { type DetectionSummary, mostRowsOfKind } from "@/lib/contract/detection";
import { hasAdapter, type RunRecord } from "@/lib/contract/run";
import { isOfImages } from "@/lib/contract/run-config";
import { formatInteger } from "@/lib/numbers/format";
import { DetectForm } from "./detect-form";
import { DetectionEntry } from "./detection-entry";
import { textDataSets } from "./detection-form";
import { detectionToShow, openDetection } from "./open-detection";

/** Which of a run's latents detect which concepts. */
export function ConceptsScreen({ runId }: { readonly runId: string }) {
  const record = useQuery(runRecordQuery(runId));
  const detections = useQuery(detectionsQuery(runId));
  const dataSets = useQuery(dataSetsQuery());
  return (
    <QueryState
      query={together({ record, detections, dataSets })}
      failure="Could not load the concepts"
      waiting={<Skeleton height={240} />}
    >
      {(data) => (isOfImages(data.record.config) ? <ImagesNote /> : <Concepts runId={runId} {...data} />)}
    </QueryState>
  );
}

const steps = [
  { name: "Score", text: "Every latent scores each row by its highest activation." },
  {
    name: "Choose",
    text: "On half of a concept’s rows the latent with the best AUROC is chosen: the chance that a row with it scores higher.",
  },
  { name: "Measure", text: "The other half measures it: AUROC and average precision, with intervals." },
  { name: "Probe", text: "Sparse probes on 1 to 20 latents, beside as many channels of the base model." },
];

type ConceptsProps = {
  readonly runId: string;
  readonly record: RunRecord;
  readonly detections: readonly DetectionSummary[];
  readonly dataSets: readonly DataSetSummary[];
};

function Concepts({ runId, record: { run }, detections, dataSets }: ConceptsProps) {
  const [{ detection: chosen }, setChosen] = useQueryStates(openDetection);
  const openId = detectionToShow(chosen, detections);
  return (
    <div className="stack wide">
      <Panel title="Detect concepts">
        <div className="stack fit gap-12">
          <p className="small mid">
            A concept is a set of rows that show something, such as mentions of dates, and rows that do not. At most{" "}
            {formatInteger(mostRowsOfKind)} rows with and as many without each concept are read.
          </p>
          {!hasAdapter(run) ? (
            <p className="note">The run is {run.status}. Detection needs a finished adapter.</p>
          ) : textDataSets(dataSets).length === 0 ? (
            <p className="note">
              There is no dataset of texts yet. <Link href="/data">Add one</Link> with a text and the columns concept and category, in
              AxBench’s layout, or with a column whose values are the concepts.
            </p>
          ) : (
            <DetectForm runId={runId} dataSets={dataSets} onStarted={(id) => void setChosen({ detection: id })} />
          )}
        </div>
      </Panel>
      <Panel title="Results" isPadded={false}>
        {detections.length === 0 ? (
          <EmptyState title="No concepts yet" steps={steps}>
            Which latents tell rows that show a concept from rows that do not.
          </EmptyState>
        ) : (
          <ul>
            {detections.map((detection) => (
              <DetectionEntry
                key={detection.id}
                runId={runId}
                method={run.method}
                detection={detection}
                isOpen={detection.id === openId}
                onOpen={(isOpen) => void setChosen({ detection: isOpen ? detection.id : "" })}
              />
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}
