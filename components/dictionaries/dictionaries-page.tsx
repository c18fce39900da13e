"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { TaskLine } from "@/components/shell/task-line";
import { isTaskNews } from "@/components/shell/task-news";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { useNow } from "@/components/ui/use-now";
import { dictionariesQueryOptions } from "@/lib/client/dictionaries";
import { tasksQuery } from "@/lib/client/tasks";
import { formatPlural } from "@/lib/numbers/format";
import styles from "./dictionaries.module.css";
import { DictionaryTable } from "./dictionary-table";
import { ImportDictionary } from "./import-dictionary";

/** Dictionaries of other tools that were imported, those on their way, and how to import one. */
export function DictionariesPage() {
  const dictionaries = useQuery(dictionariesQueryOptions());
  const { data: allTasks } = useQuery(tasksQuery());
  const now = useNow(60_000);
  const tasks = (allTasks ?? []).filter((task) => task.kind === "importDictionary" && isTaskNews(task, now));
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
      <div className={styles["layout"]}>
        <div className={styles["column"]}>
          {tasks.length > 0 && (
            <Panel title="In progress">
              <div className={styles["column"]}>
                {tasks.slice(0, 6).map((task) => (
                  <TaskLine key={task.id} task={task} />
                ))}
              </div>
            </Panel>
          )}
          {dictionaries.error !== null && dictionaries.data === undefined ? (
            <ErrorNote
              title="The dictionaries cannot be read"
              actions={<Button onClick={() => void dictionaries.refetch()}>Try again</Button>}
            >
              {messageOf(dictionaries.error)}
            </ErrorNote>
          ) : (
            <section className="panel" aria-label="Imported dictionaries">
              {dictionaries.data?.length === 0 ? (
                <EmptyState title="No dictionary yet">
                  A public dictionary, a sparse autoencoder’s features say, can be browsed beside your runs: import its Neuronpedia export.
                </EmptyState>
              ) : (
                <DictionaryTable dictionaries={allTasks === undefined ? undefined : dictionaries.data} />
              )}
            </section>
          )}
        </div>
        <ImportDictionary />
      </div>
    </main>
  );
}
