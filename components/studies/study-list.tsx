"use client";
import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { FailedPart } from "@/components/ui/failed-part";
import { LocalTime } from "@/components/ui/local-time";
import { startedAt } from "@/components/ui/moment";
import { Popover } from "@/components/ui/popover";
import { Status } from "@/components/ui/status";
import { useNow } from "@/components/ui/use-now";
import { studiesQuery } from "@/lib/client/studies";
import { isMeasure } from "@/lib/contract/study";
import { formatPlural } from "@/lib/numbers/format";
import styles from "./studies.module.css";
import { studyState } from "./study-state";

type StudyListProps = { readonly runId: string; readonly openId: string | null; readonly onOpen: (studyId: string) => void };

/** The run's studies, newest first. */
export function StudyList({ runId, openId, onOpen }: StudyListProps) {
  const studies = useQuery(studiesQuery(runId));
  const listed = studies.data?.filter((study) => !isMeasure(study)) ?? [];
  const now = new Date(useNow(60_000));
  return (
    <Popover
      label="Studies of this run"
      trigger={
        <Button look="quiet">
          {studies.data === undefined
            ? "Studies"
            : listed.length === 0
              ? "No studies yet"
              : formatPlural(listed.length, "study", "studies")}
        </Button>
      }
    >
      <div className={`stack gap-0 ${styles["list"]}`}>
        <FailedPart query={studies} failure="Could not load the studies" />
        {listed.length === 0 && studies.error === null && (
          <p className="note">{studies.data === undefined ? "Loading…" : "Studies started here are saved with the run."}</p>
        )}
        {listed.map((study) => {
          const { tone, words } = studyState(study);
          return (
            <button
              key={study.id}
              type="button"
              className={`bare columns middle ${styles["listed"]}`}
              aria-current={study.id === openId ? "true" : undefined}
              onClick={() => onOpen(study.id)}
            >
              <span className="cut">{study.name}</span>
              <span className="small">
                <Status tone={tone}>{words}</Status>
              </span>
              <span className="tiny dim">
                <LocalTime at={study.createdAt} format={(iso) => startedAt(iso, now)} />
              </span>
            </button>
          );
        })}
      </div>
    </Popover>
  );
}
