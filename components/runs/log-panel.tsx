"use client";
import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { saveFile } from "@/components/ui/save-file";
import type { RunLogLine } from "@/lib/contract/run";
import { formatInteger } from "@/lib/numbers/format";
import { clockTime } from "./moment";
import styles from "./run.module.css";

const shortLength = 60;

/** What the run said, newest first. */
export function LogPanel({ name, log }: { name: string; log: readonly RunLogLine[] }) {
  const [isWhole, setIsWhole] = useState(false);
  const lines = [...log].reverse();
  const shown = isWhole ? lines : lines.slice(0, shortLength);
  const text = () => log.map((line) => `${line.at}\t${line.step}\t${line.level}\t${line.message}`).join("\n");
  return (
    <Panel
      title="Log"
      aside={
        <Button look="quiet" disabled={log.length === 0} onClick={() => saveFile(`${name}-log.txt`, text(), "text/plain")}>
          <Download size={13} aria-hidden="true" />
          Text
        </Button>
      }
    >
      {log.length === 0 ? (
        <p className="mid">Nothing yet: the run has not started.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the log scrolls, so the keyboard must reach it
        <section className={styles["log"]} tabIndex={0} aria-label="Log, newest first">
          {shown.map((line) => (
            <div key={`${line.at} ${line.step} ${line.message}`} className={styles[line.level]}>
              <time dateTime={line.at}>{clockTime(line.at)}</time>
              <b>{formatInteger(line.step)}</b>
              <span>{line.message}</span>
            </div>
          ))}
          {lines.length > shown.length ? (
            <Button look="quiet" size="dense" onClick={() => setIsWhole(true)}>
              {formatInteger(lines.length - shown.length)} older lines
            </Button>
          ) : null}
        </section>
      )}
    </Panel>
  );
}
