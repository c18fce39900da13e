"use client";
import { useState } from "react";
import { DropFile } from "@/components/shell/drop-file";
import styles from "@/components/steering/edits.module.css";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { TextArea } from "@/components/ui/text-field";
import type { Edit } from "@/lib/contract/edit";
import { formatPlural } from "@/lib/numbers/format";
import { readEditFile } from "./edit-file";
import type { EditHome } from "./placed-edits";

type OpenEditsProps = {
  readonly home: EditHome;
  readonly hasEdits: boolean;
  readonly onOpen: (edits: readonly Edit[], how: "replace" | "append") => void;
};

/** Opens a list of edits from a file or from what is pasted, and says what of it has no place in this run. */
export function OpenEdits({ home, hasEdits, onOpen }: OpenEditsProps) {
  const [text, setText] = useState("");
  const [failed, setFailed] = useState<string | null>(null);
  const read = text.trim() === "" ? null : readEditFile(text, home);
  const take = (file: File) => {
    setFailed(null);
    file.text().then(setText, (error: unknown) => setFailed(messageOf(error)));
  };
  const open = (how: "replace" | "append") => {
    if (read?.kind !== "opened") return;
    onOpen(read.edits, how);
    setText("");
  };
  return (
    <div className="stack">
      <DropFile
        label="Open a file of edits"
        hint="A list from here or from the command line, or features as Neuronpedia steers them"
        accept=".json,application/json"
        sent={null}
        onFile={take}
      />
      <TextArea label="or paste it" rows={2} value={text} spellCheck={false} className="input mono" onValueChange={setText} />
      {failed !== null && <ErrorNote title="Could not read the file">{failed}</ErrorNote>}
      {read?.kind === "refused" && <ErrorNote title="No edits opened">{read.reason}</ErrorNote>}
      {read?.kind === "opened" && (
        <>
          {read.unplaced.length > 0 && (
            <ErrorNote tone="warn" title={`${formatPlural(read.unplaced.length, "edit")} skipped`}>
              {read.unplaced.slice(0, 5).map(({ what, reason }) => (
                <span key={`${what} ${reason}`} className={styles["line"]}>
                  <b className="strong">{what}</b> {reason}
                </span>
              ))}
              {read.unplaced.length > 5 && <span className={styles["line"]}>and {read.unplaced.length - 5} more</span>}
            </ErrorNote>
          )}
          {read.isNeuronpedia && read.edits.length > 0 && (
            <p className="note">Each feature’s strength, times the multiplier, is added to its activation.</p>
          )}
          <div className="row wrap">
            <Button look="primary" disabled={read.edits.length === 0} onClick={() => open("replace")}>
              Open {formatPlural(read.edits.length, "edit")}
            </Button>
            {hasEdits && (
              <Button disabled={read.edits.length === 0} onClick={() => open("append")}>
                Append
              </Button>
            )}
            <Button look="quiet" onClick={() => setText("")}>
              Clear
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
