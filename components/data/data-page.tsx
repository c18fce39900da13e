"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useQueryState } from "nuqs";
import { JobLine } from "@/components/shell/job-line";
import { isJobNews } from "@/components/shell/job-news";
import { LibraryActions } from "@/components/shell/library-actions";
import { newRunHref } from "@/components/shell/new-run-address";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { SkeletonRows } from "@/components/ui/skeleton";
import { HeadCell } from "@/components/ui/table-head";
import { useNow } from "@/components/ui/use-now";
import { dataSetsQuery, deleteDataSetMutation } from "@/lib/client/data";
import { jobsQuery } from "@/lib/client/jobs";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { formatBytes, formatInteger, formatPlural } from "@/lib/numbers/format";
import { AddDataSet } from "./add-data-set";
import styles from "./data.module.css";
import { dataParameters } from "./data-address";
import { RowsPanel } from "./rows-panel";

/** The list of datasets, the rows of the open one (`?show=`), and the form to add one. */
export function DataPage() {
  const [shownId, setShownId] = useQueryState("show", dataParameters.show);
  const dataSets = useQuery(dataSetsQuery());
  const shown = dataSets.data?.find((one) => one.id === shownId) ?? dataSets.data?.[0];
  const now = useNow(60_000);
  const { data: allJobs } = useQuery(jobsQuery());
  const jobs = (allJobs ?? []).filter((job) => job.kind === "addDataSet" && isJobNews(job, now));
  const show = (id: string) => void setShownId(id);
  return (
    <main className="page">
      <div className="pagehead">
        <h1>Data</h1>
        <span className="sub">{dataSets.data ? formatPlural(dataSets.data.length, "dataset") : ""}</span>
        <span className="grow" />
        <Link className="link small" href="/dictionaries">
          Dictionaries from other tools
        </Link>
      </div>
      <div className={`columns aside gap-16 stacks-1080 ${styles["layout"]}`}>
        <div className="stack wide">
          {jobs.length > 0 ? (
            <Panel title="In progress">
              <div className="stack wide">
                {jobs.slice(0, 6).map((job) => (
                  <JobLine key={job.id} job={job} />
                ))}
              </div>
            </Panel>
          ) : null}
          {dataSets.error && !dataSets.data ? (
            <ErrorNote title="Could not load the datasets" actions={<Button onClick={() => void dataSets.refetch()}>Try again</Button>}>
              {messageOf(dataSets.error)}
            </ErrorNote>
          ) : (
            <section className="panel" aria-label="Datasets">
              {dataSets.data?.length === 0 ? (
                <EmptyState title="No datasets yet">
                  Add a file of rows: JSON Lines, CSV, Parquet or text. The demonstration on the Runs page includes nine kinds of text.
                </EmptyState>
              ) : (
                // Tasks are shown above the list; both render at once, so that neither shifts the other.
                <DataTable dataSets={allJobs === undefined ? undefined : dataSets.data} shownId={shown?.id ?? null} onShow={show} />
              )}
            </section>
          )}
        </div>
        {shown ? (
          <div className="stack wide">
            <RowsPanel key={shown.id} dataSet={shown} />
          </div>
        ) : null}
        <div className={styles["aside"]}>
          {/* A new dataset gets the id of its job: it is shown once it has been read. */}
          <AddDataSet onAdded={(job) => show(job.id)} />
        </div>
      </div>
    </main>
  );
}

type DataTableProps = { dataSets: readonly DataSetSummary[] | undefined; shownId: string | null; onShow: (id: string) => void };

function DataTable({ dataSets, shownId, onShow }: DataTableProps) {
  return (
    <div className="scrollx">
      <table className={`table stacks still ${styles["table"]}`}>
        <thead>
          <tr>
            <HeadCell>Dataset</HeadCell>
            <HeadCell isNumeric>Rows</HeadCell>
            <HeadCell isNumeric unit="on disk">
              Size
            </HeadCell>
            <HeadCell>Columns</HeadCell>
            <HeadCell isNumeric>Domains</HeadCell>
            <HeadCell>Licence</HeadCell>
            <HeadCell>
              <span className="vh">Actions</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {dataSets ? (
            dataSets.map((dataSet) => (
              <DataRow key={dataSet.id} dataSet={dataSet} isShown={dataSet.id === shownId} onShow={() => onShow(dataSet.id)} />
            ))
          ) : (
            <SkeletonRows rows={3} columns={7} />
          )}
        </tbody>
      </table>
    </div>
  );
}

function DataRow({ dataSet, isShown, onShow }: { dataSet: DataSetSummary; isShown: boolean; onShow: () => void }) {
  const remove = useMutation(deleteDataSetMutation());
  return (
    <tr aria-selected={isShown}>
      <td>
        <span className={`stack gap-0 ${styles["name"]}`}>
          <button type="button" className={`bare strong ${styles["open"]}`} aria-pressed={isShown} onClick={onShow}>
            {dataSet.name}
          </button>
          <span className="tiny dim mono cut" title={dataSet.path}>
            {dataSet.path}
          </span>
        </span>
      </td>
      <td className="num" data-label="Rows">
        {formatInteger(dataSet.rows)}
      </td>
      <td className="num" data-label="On disk">
        {formatBytes(dataSet.sizeBytes)}
      </td>
      <td data-label="Columns">
        <span className={`mono small cut ${styles["columns"]}`} title={dataSet.columns.map((column) => column.name).join(", ")}>
          {dataSet.columns.map((column) => column.name).join(", ")}
        </span>
      </td>
      <td className="num" data-label="Domains">
        {dataSet.domains.length === 0 ? <span className="dim">none</span> : formatInteger(dataSet.domains.length)}
      </td>
      <td data-label="Licence">
        <span className={`small dim cut ${styles["columns"]}`} title={dataSet.licence ?? undefined}>
          {dataSet.licence ?? "not stated"}
        </span>
      </td>
      <td>
        <LibraryActions id={dataSet.id} newRunHref={newRunHref({ data: dataSet.id })} remove={remove} />
      </td>
    </tr>
  );
}
