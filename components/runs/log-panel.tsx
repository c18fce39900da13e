"use client";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { messageOf } from "@/components/ui/error-note";
import { LocalTime } from "@/components/ui/local-time";
import { clockTime } from "@/components/ui/moment";
import { Panel } from "@/components/ui/panel";
import { saveFile } from "@/components/ui/save-file";
import { olderLogQuery, readWholeLog } from "@/lib/client/runs";
import { logPageLines, type RunLogLine } from "@/lib/contract/run";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./run.module.css";

const shortLength = 60;

type LogPanelProps = { runId: string; name: string; log: readonly RunLogLine[] };

/** What the run said, newest first. `log` holds its newest lines; those before are read page by page. */
export function LogPanel({ runId, name, log }: LogPanelProps) {
  const [isShort, setIsShort] = useState(true);
  const save = useMutation({
    mutationFn: () => readWholeLog(runId),
    onSuccess: (lines) => saveFile(`${name}-log.txt`, textOf(lines), "text/plain"),
  });
  const shown = isShort ? log.slice(-shortLength) : log;
  const hidden = log.length - shown.length;
  return (
    <Panel
      title="Log"
      aside={
        <>
          {save.error ? <span className="status bad small">{messageOf(save.error)}</span> : null}
          <Button look="quiet" disabled={log.length === 0 || save.isPending} onClick={() => save.mutate()}>
            <Download size={13} aria-hidden="true" />
            Text
          </Button>
        </>
      }
    >
      {log.length === 0 ? (
        <p className="mid">No log yet: the run has not started.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the log scrolls, so the keyboard must reach it
        <section className={styles["log"]} tabIndex={0} aria-label="Log, newest first">
          <LogLines lines={shown} />
          {hidden > 0 ? (
            <Button look="quiet" size="dense" onClick={() => setIsShort(false)}>
              {formatInteger(hidden)} older lines
            </Button>
          ) : log.length >= logPageLines && log[0] ? (
            <OlderLines runId={runId} before={log[0].id} />
          ) : null}
        </section>
      )}
    </Panel>
  );
}

function OlderLines({ runId, before }: { runId: string; before: number }) {
  const [isWanted, setIsWanted] = useState(false);
  const older = useInfiniteQuery({ ...olderLogQuery(runId, before), enabled: isWanted });
  const more = () => {
    if (isWanted) void older.fetchNextPage();
    else setIsWanted(true);
  };
  return (
    <>
      {older.data?.pages.map((page) => (
        <LogLines key={page.lines[0]?.id ?? "end"} lines={page.lines} />
      ))}
      {older.error ? <span className="status bad small">{messageOf(older.error)}</span> : null}
      {!isWanted || older.hasNextPage || older.error ? (
        <Button look="quiet" size="dense" disabled={older.isFetching} onClick={more}>
          Older lines
        </Button>
      ) : null}
    </>
  );
}

/** Lines in ascending order, the newest on top. */
function LogLines({ lines }: { lines: readonly RunLogLine[] }) {
  return lines.toReversed().map((line) => (
    <div key={line.id} className={classNames("columns even gap-8", styles[line.level])}>
      <LocalTime at={line.at} format={clockTime} />
      <b>{formatInteger(line.step)}</b>
      <span>{line.message}</span>
    </div>
  ));
}

function textOf(lines: readonly RunLogLine[]): string {
  return lines.map((line) => `${line.at}\t${line.step}\t${line.level}\t${line.message}`).join("\n");
}
