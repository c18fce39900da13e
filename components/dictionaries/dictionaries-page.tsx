"use client";
import { useQuery } from "@tanstack/react-query";
import { JobLine } from "@/components/shell/job-line";
import { isJobNews } from "@/components/shell/job-news";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { useNow } from "@/components/ui/use-now";
import { dictionariesQueryOptions } from "@/lib/client/dictionaries";
import { jobsQuery } from "@/lib/client/jobs";
import { formatPlural } from "@/lib/numbers/format";
import { DictionaryTable } from "./dictionary-table";
import { ImportDictionary } from "./import-dictionary";

/** Imported dictionaries, imports in progress, and the import form. */
export function DictionariesPage() {
  const dictionaries = useQuery(dictionariesQueryOptions());
  const { data: allJobs } = useQuery(jobsQuery());
  const now = useNow(60_000);
  const jobs = (allJobs ?? []).filter((job) => job.kind === "importDictionary" && isJobNews(job, now));
  return (
    <main className="page">
      <div className="pagehead">
        <span className="crumb">
          <Link href="/data">Data</Link>
          <i>/</i>
        </span>
        <h1>Dictionaries</h1>
        <span className="sub">
          {dictionaries.data ? formatPlural(dictionaries.data.length, "imported dictionary", "imported dictionaries") : ""}
        </span>
      </div>
      <div className="columns aside gap-16 stacks-1000">
        <div className="stack wide">
          {jobs.length > 0 && (
            <Panel title="In progress">
              <div className="stack wide">
                {jobs.slice(0, 6).map((job) => (
                  <JobLine key={job.id} job={job} />
                ))}
              </div>
            </Panel>
          )}
          {dictionaries.error !== null && dictionaries.data === undefined ? (
            <ErrorNote
              title="Could not load the dictionaries"
              actions={<Button onClick={() => void dictionaries.refetch()}>Try again</Button>}
            >
              {messageOf(dictionaries.error)}
            </ErrorNote>
          ) : (
            <section className="panel" aria-label="Imported dictionaries">
              {dictionaries.data?.length === 0 ? (
                <EmptyState title="No dictionaries yet">
                  Import a Neuronpedia export, such as the features of a sparse autoencoder, to browse it alongside your runs.
                </EmptyState>
              ) : (
                <DictionaryTable dictionaries={allJobs === undefined ? undefined : dictionaries.data} />
              )}
            </section>
          )}
        </div>
        <ImportDictionary />
      </div>
    </main>
  );
}
