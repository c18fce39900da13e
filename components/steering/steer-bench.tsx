"use client";
import { NormGauge } from "@/components/generation/strips/norm-gauge";
import { StripPanel } from "@/components/generation/strips/strip-panel";
import { isSameLatent } from "@/components/latents/latent-href";
import { sheetHint, steerKeys } from "@/components/shell/page-keys";
import { FiredPopover } from "@/components/steering/fired/fired-popover";
import { PromptPanel } from "@/components/steering/prompt/prompt-panel";
import { PromptSuggestion } from "@/components/steering/prompt/prompt-suggestion";
import { ErrorNote } from "@/components/ui/error-note";
import { KeyStrip } from "@/components/ui/key-strip";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { RunDetail } from "@/lib/contract/run";
import { EditList } from "./edit-list";
import { SteerOutput } from "./steer-output";
import { writeSteerParams } from "./steer-params";
import { curlOf } from "./steer-request";
import styles from "./steering.module.css";
import { useRunKey } from "./use-run-key";
import { useSteering } from "./use-steering";
import { WatchedLatents } from "./watched-latents";

type SteerBenchProps = { readonly detail: RunDetail; readonly collections: readonly CollectionSummary[] };

/** The prompt and the edits beside what they bring. */
export function SteerBench({ detail, collections }: SteerBenchProps) {
  const steering = useSteering(detail, collections);
  const { params, setParams, collection, model, useChatTemplate, generating, latents, looks, range, request, start } = steering;
  const { generation, stop } = generating;
  useRunKey(start);
  useShortcuts({ ...(generation.status === "running" ? { Escape: stop } : {}), f: steering.toggleForced });
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
              isRunning={generation.status === "running"}
              onRun={start}
              onSeeds={steering.startSeeds}
              onStop={stop}
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
              method={run.method}
              modules={collection?.modules.map(({ name }) => name) ?? []}
              edits={params.edits}
              onEdits={(edits) => setParams({ edits })}
              onWatch={steering.watch}
            >
              <WatchedLatents watched={params.watch} nameOf={latents.nameOf} onWatched={(watch) => setParams({ watch })} />
              <NormGauge
                generation={generation}
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
                Until it keeps an adapter, only the base model can answer.
              </ErrorNote>
            )}
            <SteerOutput run={run} steering={steering} />
          </div>
          <div className={styles["strips"]}>
            <StripPanel
              generation={generation}
              looks={looks}
              latents={latents}
              range={range}
              renderFired={(place) => (
                <FiredPopover
                  {...place}
                  generation={generation}
                  runId={run.id}
                  collectionId={collection?.id ?? null}
                  colourMaxOf={latents.colourMaxOf}
                  isEdited={(latent) => params.edits.some((edit) => "latent" in edit && isSameLatent(edit.latent, latent))}
                  onEdit={(edit) => setParams({ edits: [...params.edits, edit] })}
                  onWatch={steering.watch}
                />
              )}
            />
          </div>
        </div>
      </main>
      <KeyStrip hints={[...steerKeys.hints, sheetHint]} />
    </>
  );
}

function mayLackAdapter({ run }: RunDetail): boolean {
  return run.status !== "finished" && run.status !== "stopped";
}
