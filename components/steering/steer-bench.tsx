"use client";
import { sheetHint } from "@/components/shell/page-keys";
import { ErrorNote } from "@/components/ui/error-note";
import { KeyStrip } from "@/components/ui/key-strip";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { hasAdapter } from "@/lib/contract/run";
import { DraftNotice } from "./draft-notice";
import { EditList } from "./edit-list";
import { RequestCopies } from "./request-copies";
import type { Steered, Steering, SteerTask } from "./steer-task";
import styles from "./steering.module.css";
import { useRunKey } from "./use-run-key";
import { useSteerDraft } from "./use-steer-draft";

type SteerBenchProps<Own extends Steering> = Steered & { readonly task: SteerTask<Own> };

/** What a model reads and how it is edited, beside what comes of it. */
export function SteerBench<Own extends Steering>({ task, ...steered }: SteerBenchProps<Own>) {
  const { detail, method } = steered;
  const { run } = detail;
  const steering = task.useSteering(steered);
  const { params, setParams, collection, isRunning, start, stop, shortcuts, watch, addressEnd, sent } = steering;
  const draft = useSteerDraft(run.id, steering);
  useRunKey(start);
  useShortcuts({ ...(isRunning ? { Escape: stop } : {}), ...shortcuts });
  const { Input, EditsFoot, Output, Tokens, Studies } = task;
  const part = { detail, method, steering };
  return (
    <>
      <main className={`page columns gap-16 ${styles["two"]}`}>
        <div className={`stack wide ${styles["left"]}`}>
          <div>
            <DraftNotice draft={draft} leftOut={steering.leftOut} />
            <Input {...part} copies={<RequestCopies runId={run.id} addressEnd={addressEnd} sent={sent} />} />
          </div>
          <div className={styles["edited"]}>
            <EditList
              runId={run.id}
              collection={collection}
              method={method}
              modules={collection?.modules.map(({ name }) => name) ?? []}
              edits={params.edits}
              onEdits={(edits) => setParams({ edits })}
              onWatch={watch}
              reads={task.reads}
            >
              {EditsFoot !== undefined && <EditsFoot {...part} />}
            </EditList>
          </div>
        </div>
        <div className={`stack wide ${styles["right"]}`}>
          <div className={`stack wide ${styles["output"]}`}>
            {!hasAdapter(run) && (
              <ErrorNote tone="warn" title="This run is not finished">
                {task.withoutAdapter}
              </ErrorNote>
            )}
            <Output {...part} />
          </div>
          <div className={styles["strips"]}>
            <Tokens {...part} />
          </div>
          <div className={styles["studies"]}>
            <Studies {...part} />
          </div>
        </div>
      </main>
      <KeyStrip hints={[...task.hints, sheetHint]} />
    </>
  );
}
