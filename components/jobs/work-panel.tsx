"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { Button, ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { QueryState } from "@/components/ui/query-state";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { workListQuery, workPageRows } from "@/lib/client/work";
import { type WorkPage, type WorkState, workKind } from "@/lib/contract/work";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./jobs.module.css";
import { jobsParameters, workFilterOf } from "./jobs-address";
import { WorkTable } from "./work-table";
import { kindWords, stateWords } from "./work-words";

const states = [
  { value: "", label: "All" },
  { value: "open", label: "Open" },
  { value: "finished", label: "Finished" },
  { value: "failed", label: "Failed" },
  { value: "cancelled", label: "Cancelled" },
] as const;
type StateChoice = (typeof states)[number]["value"] | WorkState;

/** All work in one table, filtered and paged by the address. */
export function WorkPanel() {
  const [address, setAddress] = useQueryStates(jobsParameters);
  const work = useQuery(workListQuery(workFilterOf(address)));
  const { kind, state, page } = address;
  // A state without a button comes only from an address.
  const isRare = state === "queued" || state === "running" || state === "stopped";
  const setPage = (next: number) => void setAddress({ page: next === 1 ? null : next });
  return (
    <Panel title="Work" isPadded={false} aside={work.data ? <Pages data={work.data} page={page} onPage={setPage} /> : null}>
      <div className={`row wrap ${styles["filters"]}`}>
        <Segmented<StateChoice>
          label="State"
          value={state ?? ""}
          options={isRare ? [...states, { value: state, label: stateWords[state] }] : [...states]}
          onValueChange={(next) => void setAddress({ state: next === "" ? null : next, page: null })}
        />
        <Select
          label="Kind"
          value={kind ?? ""}
          options={[{ value: "", label: "Kind: all" }, ...workKind.options.map((value) => ({ value, label: `Kind: ${kindWords[value]}` }))]}
          onValueChange={(next) => void setAddress({ kind: next === "" ? null : next, page: null })}
        />
      </div>
      <QueryState
        query={work}
        failure="Could not load the jobs"
        waiting={
          <div className="body">
            <Skeleton height={240} />
          </div>
        }
        frame={(content) => <div className="body">{content}</div>}
      >
        {(data) =>
          data.work.length > 0 ? (
            <div className="scrollx">
              <WorkTable work={data.work} />
            </div>
          ) : (
            <Nothing isFiltered={kind !== null || state !== null || page > 1} onAll={() => void setAddress(null)} />
          )
        }
      </QueryState>
    </Panel>
  );
}

type PagesProps = { readonly data: WorkPage; readonly page: number; readonly onPage: (page: number) => void };

function Pages({ data: { total, work }, page, onPage }: PagesProps) {
  if (total === 0 || work.length === 0) return null;
  const from = (page - 1) * workPageRows;
  return (
    <span className="row small dim">
      {formatInteger(from + 1)}–{formatInteger(from + work.length)} of {formatInteger(total)}
      <Button look="quiet" size="dense" disabled={page === 1} onClick={() => onPage(page - 1)}>
        Previous
      </Button>
      <Button look="quiet" size="dense" disabled={from + workPageRows >= total} onClick={() => onPage(page + 1)}>
        Next
      </Button>
    </span>
  );
}

function Nothing({ isFiltered, onAll }: { readonly isFiltered: boolean; readonly onAll: () => void }) {
  return isFiltered ? (
    <EmptyState title="No work matches the filter" action={<Button onClick={onAll}>Show all work</Button>} />
  ) : (
    <EmptyState title="No work yet" action={<ButtonLink href="/runs/new">Start a run</ButtonLink>}>
      Trainings, collections, measurements and imports are listed here with their progress and outcome.
    </EmptyState>
  );
}
