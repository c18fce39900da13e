"use client";
import { Upload } from "lucide-react";
import { useId } from "react";
import { ProgressLine } from "@/components/ui/progress";
import { useFileDrop } from "@/components/ui/use-file-drop";
import { formatBytes } from "@/lib/numbers/format";
import styles from "./shell.module.css";

export type Sent = { name: string; done: number; total: number };
type DropFileProps = { label: string; hint: string; accept: string; sent: Sent | null; onFile: (file: File) => void };

/** A place to drop a file or to choose one; while it is sent, how much has gone. */
export function DropFile({ label, hint, accept, sent, onFile }: DropFileProps) {
  const id = useId();
  const { isOver, handlers } = useFileDrop(onFile);
  if (sent) {
    return (
      <ProgressLine
        label={`Sending ${sent.name}`}
        head={<span className="mid">Sending {sent.name}</span>}
        facts={`${formatBytes(sent.done)} of ${formatBytes(sent.total)}`}
        done={sent.done}
        total={sent.total}
      />
    );
  }
  return (
    <label htmlFor={id} className={styles["drop"]} data-over={isOver} {...handlers}>
      <Upload size={16} aria-hidden="true" />
      <span className="stack gap-0">
        <b className="strong">{label}</b>
        <span className="note">{hint}</span>
      </span>
      <input
        id={id}
        type="file"
        className="vh"
        accept={accept}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = "";
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
