"use client";
import { useCallback, useDeferredValue } from "react";
import { NormGauge } from "@/components/generation/strips/norm-gauge";
import { steerKeys } from "@/components/shell/page-keys";
import type { PartProps, SteerTask } from "@/components/steering/steer-task";
import { StudiesPanel } from "@/components/studies/studies-panel";
import type { Edit } from "@/lib/contract/edit";
import { readsImagesInText } from "@/lib/contract/model";
import { PromptImages } from "./prompt/prompt-images";
import { PromptPanel } from "./prompt/prompt-panel";
import { PromptSuggestion } from "./prompt/prompt-suggestion";
import { SteerOutput } from "./steer-output";
import { steerParameters } from "./steer-params";
import { SteerStrips } from "./steer-strips";
import { type TextSteering, useTextSteering } from "./use-text-steering";
import { WatchedLatents } from "./watched-latents";

/** Steering of text: a prompt that several arms continue side by side. */
export const textSteering: SteerTask<TextSteering> = {
  parameters: steerParameters,
  useSteering: useTextSteering,
  reads: "tokens",
  withoutAdapter: "It has no adapter yet, so only the base model can run.",
  hints: steerKeys.hints,
  Input: ({ detail: { run }, steering, copies }) => {
    const { params, setParams, collection, model } = steering;
    return (
      <PromptPanel
        run={run}
        params={params}
        onParams={setParams}
        useChatTemplate={steering.useChatTemplate}
        hasChatTemplate={model?.hasChatTemplate ?? null}
        isRunning={steering.isRunning}
        onRun={steering.start}
        onSeeds={steering.startSeeds}
        onStop={steering.stop}
        copies={copies}
        images={readsImagesInText(model) && <PromptImages images={steering.images} onImages={steering.setImages} />}
        suggestion={
          collection !== null && (
            <PromptSuggestion
              collection={collection}
              edits={params.edits}
              onPrompt={(prompt) => setParams({ prompt })}
              onTry={(prompt, edit) => setParams({ prompt, edits: [...params.edits, edit] })}
            />
          )
        }
      />
    );
  },
  EditsFoot: ({ steering: { params, setParams, collection, latents, store, range } }) => (
    <>
      <WatchedLatents watched={params.watch} nameOf={latents.nameOf} onWatched={(watch) => setParams({ watch })} />
      <NormGauge store={store} range={range} hasCollection={collection !== null} editsOn={params.edits.filter(({ isOn }) => isOn).length} />
    </>
  ),
  Output: SteerOutput,
  Tokens: SteerStrips,
  Studies: TextStudies,
};

function TextStudies({ detail: { run }, method, steering }: PartProps<TextSteering>) {
  const { params, setParams, collection, useChatTemplate } = steering;
  // A key in a list of many edits does not wait for the studies' forms.
  const edits = useDeferredValue(params.edits);
  const onEdits = useCallback((changed: readonly Edit[]) => setParams({ edits: changed }), [setParams]);
  const onStudyId = useCallback((studyId: string | null) => setParams({ studyId }), [setParams]);
  return (
    <StudiesPanel
      runId={run.id}
      collection={collection}
      method={method}
      edits={edits}
      onEdits={onEdits}
      prompt={params.prompt}
      useChatTemplate={useChatTemplate}
      studyId={params.studyId}
      onStudyId={onStudyId}
    />
  );
}
