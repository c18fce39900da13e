"use client";
import { ProgressFacts } from "@/components/shell/progress-facts";
import { Link } from "@/components/ui/link";
import { LocalTime } from "@/components/ui/local-time";
import { startedAt } from "@/components/ui/moment";
import { Progress } from "@/components/ui/progress";
import { Status } from "@/components/ui/status";
import { HeadCell } from "@/components/ui/table-head";
import { useNow } from "@/components/ui/use-now";
import { isOpenWork, type WorkItem } from "@/lib/contract/work";
import { formatDuration } from "@/lib/numbers/format";
import styles from "./jobs.module.css";
import { WorkActions } from "./work-actions";
import { kindWords, stateTones, stateWords, workHref } from "./work-words";

/** One line for each piece of work, whatever its kind; on a narrow screen a card that its subject heads. */
export function WorkTable({ work }: { readonly work: readonly WorkItem[] }) {
  const now = useNow(1000);
  return (
    <table className={`table stacks still ${styles["work"]}`} aria-label="Work">
      <thead>
        <tr>
          <HeadCell>Subject</HeadCell>
          <HeadCell>Kind</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell isNumeric>Duration</HeadCell>
          <HeadCell isNumeric>Started</HeadCell>
          <th scope="col">
            <span className="vh">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {work.map((item) => (
          <WorkLine key={item.id} item={item} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function WorkLine({ item, now }: { readonly item: WorkItem; readonly now: number }) {
  const href = workHref(item);
  const seconds = secondsOf(item, now);
  return (
    <tr>
      <td className={styles["subject"]}>
        {href === null ? (
          item.subject
        ) : (
          <Link className="link" href={href}>
            {item.subject}
          </Link>
        )}
      </td>
      <td data-label="Kind" className={styles["kind"]}>
        {kindWords[item.kind]}
      </td>
      <td data-label="State" className={styles["state"]}>
        <WorkStateCell item={item} />
      </td>
      <td data-label="Duration" className="num">
        {seconds === null ? <span className="dim">–</span> : formatDuration(seconds)}
      </td>
      <td data-label="Started" className={`num dim ${styles["started"]}`}>
        {item.state === "queued" ? (
          "–"
        ) : (
          <LocalTime at={item.startedAt ?? item.createdAt} format={(iso) => startedAt(iso, new Date(now))} />
        )}
      </td>
      <td className="num">
        <WorkActions item={item} />
      </td>
    </tr>
  );
}

/** The state of work: of running work with its progress and time left, of failed work with the reason. */
function WorkStateCell({ item }: { readonly item: WorkItem }) {
  const word = <Status tone={stateTones[item.state]}>{stateWords[item.state]}</Status>;
  if (item.state === "running") {
    return (
      <div className="stack gap-4">
        <span className="row wrap small">
          {word}
          <span className="mid">
            <ProgressFacts work={item} />
          </span>
        </span>
        <Progress label={`${kindWords[item.kind]}: ${item.subject}`} done={item.done} total={item.total} />
        {item.message === "" ? null : <span className="small dim">{item.message}</span>}
      </div>
    );
  }
  if (item.state === "failed") {
    return (
      <div className="stack gap-2">
        {word}
        <span className="small">{item.error ?? "No reason was recorded. See the worker log."}</span>
      </div>
    );
  }
  const outcome = isOpenWork(item) ? "" : item.message;
  return (
    <div className="stack gap-2">
      {word}
      {outcome === "" ? null : <span className="small dim">{outcome}</span>}
    </div>
  );
}

function secondsOf(item: WorkItem, now: number): number | null {
  if (item.state === "running") return item.startedAt === null ? null : Math.max(0, (now - Date.parse(item.startedAt)) / 1000);
  return item.seconds;
}
