"use client";
import { useQuery } from "@tanstack/react-query";
import { Download, FolderInput, Plus, Search } from "lucide-react";
import { useRef, useState } from "react";
import { methodName } from "@/components/shell/method-mark";
import { runListKeys, sheetHint } from "@/components/shell/page-keys";
import { Button, ButtonLink } from "@/components/ui/button";
import { ColumnMenu } from "@/components/ui/columns/column-menu";
import { useColumnChoice } from "@/components/ui/columns/use-column-choice";
import { EmptyState } from "@/components/ui/empty-state";
import { KeyStrip } from "@/components/ui/key-strip";
import { inPage, QueryState } from "@/components/ui/query-state";
import { saveFile } from "@/components/ui/save-file";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { useElementWidth } from "@/components/ui/use-element-width";
import { useNow } from "@/components/ui/use-now";
import { DemonstrationOffer } from "@/components/welcome/demonstration-offer";
import { Welcome } from "@/components/welcome/welcome";
import { jobsQuery } from "@/lib/client/jobs";
import { runsQuery } from "@/lib/client/runs";
import { statusQuery } from "@/lib/client/status";
import { isLatentMethod } from "@/lib/contract/methods/methods";
import type { RunSummary } from "@/lib/contract/run";
import { runMethod } from "@/lib/contract/run-config";
import { formatPlural } from "@/lib/numbers/format";
import { baseModelOf } from "./base-model";
import { DemonstrationPanel } from "./demonstration-panel";
import { demonstrationStages } from "./demonstration-stages";
import { differenceAxes } from "./difference-axis";
import { ExperimentFoldList } from "./experiment-fold-list";
import { foldExperiments, withToggled } from "./experiment-folds";
import { defaultRunColumns, fittingRunColumns, runColumnKeys, runColumns } from "./run-columns";
import { firstOrder, listRuns, type RunListView } from "./run-list";
import { PickedBar, useRunPicks } from "./run-pick";
import styles from "./runs.module.css";
import { runsCsv } from "./runs-csv";
import { RunsSkeleton } from "./runs-skeleton";
import { RunCards, RunsTable } from "./runs-table";
import { useRunListView } from "./use-run-list-view";
import { useRunRowKeys } from "./use-run-row-keys";

/** The first page: all runs; before there are any, the demonstration. */
export function RunsPage() {
  const runs = useQuery(runsQuery());
  const jobs = useQuery(jobsQuery()).data ?? [];
  const status = useQuery(statusQuery()).data;
  return (
    <QueryState query={runs} failure="Could not load the runs" waiting={<RunsSkeleton />} frame={inPage}>
      {(data) => <Runs runs={data} stages={demonstrationStages(data, jobs, status?.demonstration)} />}
    </QueryState>
  );
}

function Runs({ runs, stages }: { runs: readonly RunSummary[]; stages: ReturnType<typeof demonstrationStages> }) {
  if (runs.length === 0 && !stages) return <Welcome />;
  return (
    <>
      <main className="page">
        <div className="pagehead">
          <h1>Runs</h1>
          <span className="sub">{formatPlural(runs.length, "run")}</span>
          <span className="grow" />
          <ButtonLink href="/runs/import">
            <FolderInput size={13} aria-hidden="true" />
            Import a run
          </ButtonLink>
          <ButtonLink look={stages ? "default" : "primary"} href="/runs/new">
            <Plus size={13} aria-hidden="true" />
            New run
          </ButtonLink>
        </div>
        {stages ? <DemonstrationPanel stages={stages} /> : runs.every(({ isSample }) => isSample) ? <DemonstrationOffer /> : null}
        {runs.length > 0 ? <RunList runs={runs} /> : null}
      </main>
      <KeyStrip hints={[...runListKeys.hints, sheetHint]} />
    </>
  );
}

const axisWidth = 216;
const columnsOfRuns = { storageKey: "stanscope-run-columns", keys: runColumnKeys, defaults: defaultRunColumns };

function RunList({ runs }: { runs: readonly RunSummary[] }) {
  const [view, setView] = useRunListView();
  const matching = listRuns(runs, view);
  const [openedExperiments, setOpenedExperiments] = useState<ReadonlySet<string>>(new Set());
  const { listed: shown, folds } = foldExperiments(matching, openedExperiments);
  const toggleExperiment = (id: string) => setOpenedExperiments((opened) => withToggled(opened, id));
  const axes = differenceAxes(shown, axisWidth);
  const base = baseModelOf(shown);
  const now = useNow(60_000);
  const choice = useColumnChoice(columnsOfRuns);
  const { ref, width } = useElementWidth<HTMLDivElement>(0);
  const columns = width === 0 ? runColumns.filter(({ key }) => choice.chosen.includes(key)) : fittingRunColumns(choice.chosen, width);
  const search = useRef<HTMLInputElement>(null);
  const picks = useRunPicks(runs);
  const currentId = useRunRowKeys(shown, search, picks);
  const names = (pick: (run: RunSummary) => string) => [...new Set(runs.map(pick))].sort();
  return (
    <>
      <section className={`panel ${styles["list"]}`} aria-label="Runs">
        <div className={styles["filters"]}>
          <label className={`search ${styles["search"]}`}>
            <Search size={14} aria-hidden="true" />
            <span className="vh">Filter</span>
            <input
              ref={search}
              value={view.text}
              placeholder="Filter by name, model, data"
              onChange={(event) => setView({ text: event.target.value })}
            />
            <kbd>/</kbd>
          </label>
          <Segmented
            label="Method"
            value={view.method}
            options={[
              { value: "all", label: "All" },
              ...runMethod.options
                .filter((method) => isLatentMethod(method) || method === view.method || runs.some((run) => run.method === method))
                .map((value) => ({ value, label: methodName(value) })),
            ]}
            onValueChange={(method) => setView({ method })}
          />
          <span className="only-wide">
            <NameFilter label="Dataset" value={view.data} names={names((run) => run.dataName)} onChange={(data) => setView({ data })} />
          </span>
          <span className="only-wide">
            <NameFilter label="Base" value={view.model} names={names((run) => run.modelName)} onChange={(model) => setView({ model })} />
          </span>
          <span className="grow only-wide" />
          <PickedBar picks={picks} />
          <ColumnMenu columns={runColumns} shown={columns.map(({ key }) => key)} choice={choice} />
          <Button look="quiet" onClick={() => saveFile("runs.csv", runsCsv(matching), "text/csv")}>
            <Download size={13} aria-hidden="true" />
            CSV
          </Button>
        </div>
        <div ref={ref}>
          <ExperimentFoldList folds={folds} onToggle={toggleExperiment} />
          {matching.length === 0 ? (
            <EmptyState
              title="No runs match the filter"
              action={<Button onClick={() => setView(null)}>Show all {formatPlural(runs.length, "run")}</Button>}
            >
              {describeFilter(view)}
            </EmptyState>
          ) : (
            <>
              <RunsTable
                runs={shown}
                base={base}
                columns={columns}
                isMeasured={width > 0}
                view={view}
                axes={axes}
                currentId={currentId}
                picks={picks}
                now={new Date(now)}
                onSort={(sort) =>
                  setView(view.sort === sort ? { order: view.order === "asc" ? "desc" : "asc" } : { sort, order: firstOrder(sort) })
                }
              />
              <RunCards runs={shown} base={base} axes={axes} picks={picks} />
            </>
          )}
        </div>
      </section>
      {axes.isAny ? (
        <p className={`note ${styles["note"]}`}>
          Δ loss vs. base: mean per-row difference on held-out rows, with paired 95 {"\u202f"}% CI; hollow and grey: CI includes 0. The
          evaluation loss is token-weighted, so the two need not subtract exactly. Not comparable across datasets.
        </p>
      ) : null}
    </>
  );
}

function NameFilter({
  label,
  value,
  names,
  onChange,
}: {
  label: string;
  value: string;
  names: string[];
  onChange: (name: string) => void;
}) {
  if (names.length < 2 && value === "") return null;
  return (
    <Select
      label={label}
      value={value}
      options={[{ value: "", label: `${label}: all` }, ...names.map((name) => ({ value: name, label: `${label}: ${name}` }))]}
      onValueChange={onChange}
    />
  );
}

function describeFilter(view: RunListView): string {
  const parts = [
    view.text === "" ? null : `“${view.text}”`,
    view.method === "all" ? null : `method ${methodName(view.method)}`,
    view.data === "" ? null : `data ${view.data}`,
    view.model === "" ? null : `base ${view.model}`,
  ];
  return `Filter: ${parts.filter(Boolean).join(", ")}.`;
}
