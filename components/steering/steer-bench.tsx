"use client";
import { NormGauge } from "@/components/generation/strips/norm-gauge";
import { steerKeys } from "@/components/shell/page-keys";
import { PromptPanel } from "@/components/steering/prompt/prompt-panel";
import { PromptSuggestion } from "@/components/steering/prompt/prompt-suggestion";
import { StudiesPanel } from "@/components/studies/studies-panel";
import { ErrorNote } from "@/components/ui/error-note";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { RunRecord } from "@/lib/contract/run";
import type { LatentMethod } from "@/lib/contract/run-config";
import { BenchLayout } from "./bench-layout";
import { EditList } from "./edit-list";
import { SteerOutput } from "./steer-output";
import { writeSteerParams } from "./steer-params";
import { curlOf } from "./steer-request";
import { SteerStrips } from "./steer-strips";
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
    <BenchLayout
      prompt={
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
      }
      edits={
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
      }
      output={
        <>
          {mayLackAdapter(detail) && (
            <ErrorNote tone="warn" title="This run is not finished">
              It has no adapter yet, so only the base model can run.
            </ErrorNote>
          )}
          <SteerOutput run={run} steering={steering} />
        </>
      }
      strips={<SteerStrips runId={run.id} steering={steering} />}
      studies={
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
      }
      hints={steerKeys.hints}
    />
  );
}

function mayLackAdapter({ run }: RunRecord): boolean {
  return run.status !== "finished" && run.status !== "stopped";
}
