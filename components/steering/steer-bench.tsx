"use client";
import { NormGauge } from "@/components/generation/strips/norm-gauge";
import { sheetHint, steerKeys } from "@/components/shell/page-keys";
import { PromptPanel } from "@/components/steering/prompt/prompt-panel";
import { PromptSuggestion } from "@/components/steering/prompt/prompt-suggestion";
import { StudiesPanel } from "@/components/studies/studies-panel";
import { ErrorNote } from "@/components/ui/error-note";
import { KeyStrip } from "@/components/ui/key-strip";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { RunRecord } from "@/lib/contract/run";
import type { LatentMethod } from "@/lib/contract/run-config";
import { EditList } from "./edit-list";
import { SteerOutput } from "./steer-output";
import { writeSteerParams } from "./steer-params";
import { curlOf } from "./steer-request";
import { SteerStrips } from "./steer-strips";
import styles from "./steering.module.css";
import { useRunKey } from "./use-run-key";
import { useSteering } from "./use-steering";
import { WatchedLatents } from "./watched-latents";

type SteerBenchProps = { readonly detail: RunRecord; readonly method: LatentMethod; readonly collections: readonly CollectionSummary[] };

/** The prompt and the edits beside what they bring. */
export function SteerBench({ detail, method, collections }: SteerBenchProps) {
  const steering = useSteering(detail, method, collections);
  const { params, setParams, collection, model, useChatTemplate, store, isRunning, range, request, start } = steering;
  useRunKey(start);
  useShortcuts({ ...(isRunning ? { Escape: store.stop } : {}), f: steering.toggleForced });
  const { run } = detail;
  return (
    <>
      <main className={`page ${styles["two"]}`}>
        <div className={styles["left"]}>
          <div className={styles["prompt"]}>
            <PromptPanel
              run={run}
              params={params}
              onParams={setParams}
              useChatTemplate={useChatTemplate}
              hasChatTemplate={model?.hasChatTemplate ?? null}
              isRunning={isRunning}
              onRun={start}
              onSeeds={steering.startSeeds}
              onStop={store.stop}
              linkText={() => `${window.location.origin}${window.location.pathname}${writeSteerParams(params)}`}
              requestText={() => JSON.stringify(request, null, 2)}
              curlText={() => curlOf(run.id, request, window.location.origin)}
              suggestion={
                collection !== null && (
                  <PromptSuggestion collectionId={collection.id} edits={params.edits} onPrompt={(prompt) => setParams({ prompt })} />
                )
              }
            />
          </div>
          <div className={styles["edited"]}>
            <EditList
              runId={run.id}
              collection={collection}
              method={method}
              modules={collection?.modules.map(({ name }) => name) ?? []}
              edits={params.edits}
              onEdits={(edits) => setParams({ edits })}
              onWatch={steering.watch}
            >
              <WatchedLatents watched={params.watch} nameOf={steering.latents.nameOf} onWatched={(watch) => setParams({ watch })} />
              <NormGauge
                store={store}
                range={range}
                hasCollection={collection !== null}
                editsOn={params.edits.filter(({ isOn }) => isOn).length}
              />
            </EditList>
          </div>
        </div>
        <div className={styles["right"]}>
          <div className={styles["output"]}>
            {mayLackAdapter(detail) && (
              <ErrorNote tone="warn" title="This run is not finished">
                It has no adapter yet, so only the base model can run.
              </ErrorNote>
            )}
            <SteerOutput run={run} steering={steering} />
          </div>
          <div className={styles["strips"]}>
            <SteerStrips runId={run.id} steering={steering} />
          </div>
          <div className={styles["studies"]}>
            <StudiesPanel
              runId={run.id}
              collection={collection}
              method={method}
              edits={params.edits}
              onEdits={(edits) => setParams({ edits })}
              prompt={params.prompt}
              useChatTemplate={useChatTemplate}
              studyId={params.studyId}
              onStudyId={(studyId) => setParams({ studyId })}
            />
          </div>
        </div>
      </main>
      <KeyStrip hints={[...steerKeys.hints, sheetHint]} />
    </>
  );
}

function mayLackAdapter({ run }: RunRecord): boolean {
  return run.status !== "finished" && run.status !== "stopped";
}
