"use client";
import { X } from "lucide-react";
import { memo, useEffect, useRef, useState } from "react";
import { z } from "zod";
import { IconButton } from "@/components/ui/icon-button";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { useKept } from "@/components/ui/use-kept";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { type EditStudyDetail, type EditStudyRequest, editStudyRequest } from "@/lib/contract/study";
import { BulkForm } from "./bulk/bulk-form";
import { DoseForm } from "./dose/dose-form";
import { EvaluationForm } from "./evaluation/evaluation-form";
import styles from "./studies.module.css";
import type { StudyHome } from "./study-home";
import { StudyList } from "./study-list";
import { StudyView } from "./study-view";

type StudiesPanelProps = StudyHome & {
  /** The study that is open; null shows the form of a new one. */
  readonly studyId: string | null;
  readonly onStudyId: (studyId: string | null) => void;
};

type Kind = EditStudyRequest["kind"];
/** What the form begins with; `key` tells one beginning from the next. */
const beginningSchema = z.object({ kind: z.enum(["dose", "bulk", "evaluation"]), from: editStudyRequest.nullable(), key: z.string() });
type Beginning = z.infer<typeof beginningSchema>;

const kinds = [
  { value: "dose", label: "Dose and response", title: "One latent at several values, compared with random latents" },
  { value: "bulk", label: "Many latents", title: "Many latents, one operation" },
  { value: "evaluation", label: "Held-out rows", title: "The edits of this page on rows that the run did not train on" },
] as const;

/**
 * Measures what edits do beyond one text: as jobs, whose pictures grow while they run. Its forms list every edited latent, so it is rendered only when
 * something of its own changes.
 */
export const StudiesPanel = memo(function StudiesPanel({ studyId, onStudyId, ...home }: StudiesPanelProps) {
  const [beginning, setBeginning] = useKept(`studies/1/${home.runId}`, beginningSchema);
  const begin = (kind: Kind) => {
    setBeginning({ kind, from: null, key: "" });
    onStudyId(null);
  };
  const body = useRef<HTMLDivElement>(null);
  const [timesAsked, setTimesAsked] = useState(0);
  useShortcuts({
    d: () => {
      begin("dose");
      setTimesAsked((times) => times + 1);
    },
  });
  useEffect(() => {
    if (timesAsked === 0) return;
    body.current?.closest("section")?.scrollIntoView({ block: "start" });
    body.current?.querySelector<HTMLElement>("select, input")?.focus({ preventScroll: true });
  }, [timesAsked]);
  const change = ({ id, request }: EditStudyDetail) => {
    setBeginning({ kind: request.kind, from: request, key: id });
    onStudyId(null);
  };
  return (
    <Panel
      title="Studies"
      aside={
        <>
          <StudyList runId={home.runId} openId={studyId} onOpen={onStudyId} />
          {(beginning !== undefined || studyId !== null) && (
            <Segmented<Kind | "open">
              label="A new study"
              value={studyId === null && beginning !== undefined ? beginning.kind : "open"}
              onValueChange={(kind) => kind !== "open" && begin(kind)}
              options={kinds}
            />
          )}
          {beginning !== undefined && studyId === null && (
            <IconButton label="Close the form" onClick={() => setBeginning(undefined)}>
              <X size={14} aria-hidden="true" />
            </IconButton>
          )}
        </>
      }
    >
      <div ref={body} className="stack fit gap-12">
        {studyId !== null ? (
          <StudyView key={studyId} home={home} studyId={studyId} onClose={() => onStudyId(null)} onChange={change} />
        ) : beginning !== undefined ? (
          <Form key={`${beginning.kind} ${beginning.key}`} home={home} beginning={beginning} onStarted={onStudyId} />
        ) : (
          <div className={"columns three even stacks-720"}>
            {kinds.map(({ value, label, title }) => (
              <button key={value} type="button" className={`bare ${styles["kind"]}`} onClick={() => begin(value)}>
                <b>{label}</b>
                <span>{title}</span>
              </button>
            ))}
          </div>
        )}
      </div>
    </Panel>
  );
});

type FormProps = { readonly home: StudyHome; readonly beginning: Beginning; readonly onStarted: (studyId: string) => void };

function Form({ home, beginning: { kind, from, key }, onStarted }: FormProps) {
  const shared = { home, draftName: `study/1/${home.runId}/${kind}/${key}`, onStarted };
  switch (kind) {
    case "dose":
      return <DoseForm {...shared} from={from?.kind === "dose" ? from : null} />;
    case "bulk":
      return <BulkForm {...shared} from={from?.kind === "bulk" ? from : null} />;
    case "evaluation":
      return <EvaluationForm {...shared} from={from?.kind === "evaluation" ? from : null} />;
  }
}
