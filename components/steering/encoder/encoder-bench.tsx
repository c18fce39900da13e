"use client";
import { chosenCollection } from "@/components/collections/chosen-collection";
import { encoderSteerKeys } from "@/components/shell/page-keys";
import { BenchLayout } from "@/components/steering/bench-layout";
import { EditList } from "@/components/steering/edit-list";
import { useRunKey } from "@/components/steering/use-run-key";
import { readsPairs } from "@/components/text/reads-pairs";
import { useAddressState } from "@/components/ui/address/use-address-state";
import { ErrorNote } from "@/components/ui/error-note";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { CollectionSummary } from "@/lib/contract/latent";
import { nounsOf } from "@/lib/contract/methods/methods";
import type { RunRecord } from "@/lib/contract/run";
import type { LatentMethod } from "@/lib/contract/run-config";
import { answerParameters, answerParamsOf, answerValuesOf, writeAnswerParams } from "./answer-params";
import { AnswersPanel } from "./answers-panel";
import { curlOf } from "./curl-of";
import { AnswerDosePanel } from "./dose/answer-dose-panel";
import { EditedTokens } from "./edited-tokens";
import { TextPanel } from "./text-panel";
import { TextSuggestion } from "./text-suggestion";
import { useAnswers } from "./use-answers";

type EncoderBenchProps = {
  readonly detail: RunRecord;
  readonly method: LatentMethod;
  readonly collections: readonly CollectionSummary[];
};

/** A text and the edits beside what an encoder's head answers. */
export function EncoderBench({ detail, method, collections }: EncoderBenchProps) {
  const { run } = detail;
  const [params, setParams] = useAddressState(answerParameters, answerParamsOf, answerValuesOf);
  const collection = chosenCollection(collections, params.collectionId);
  const hasAdapter = run.status === "finished" || run.status === "stopped";
  const answers = useAnswers(run.id, params, hasAdapter);
  const { request, reading, isStale, isRunning, start, stop } = answers;
  useRunKey(start);
  useShortcuts(isRunning ? { Escape: stop } : {});
  const modules = collection?.modules ?? [];
  return (
    <BenchLayout
      prompt={
        <TextPanel
          params={params}
          onParams={setParams}
          isOfPairs={readsPairs(detail)}
          isRunning={isRunning}
          onStop={stop}
          linkText={() => `${window.location.origin}${window.location.pathname}${writeAnswerParams(params)}`}
          requestText={() => JSON.stringify(request ?? { edits: params.edits }, null, 2)}
          curlText={() => curlOf(run.id, request ?? { text: params.text, edits: [...params.edits] }, window.location.origin)}
          suggestion={collection !== null && <TextSuggestion collectionId={collection.id} edits={params.edits} onTexts={setParams} />}
        />
      }
      edits={
        <EditList
          runId={run.id}
          collection={collection}
          method={method}
          modules={modules.map(({ name }) => name)}
          edits={params.edits}
          onEdits={(edits) => setParams({ edits })}
          onWatch={(shaded) => setParams({ shaded })}
          reads="whole"
        />
      }
      output={
        <>
          {!hasAdapter && (
            <ErrorNote tone="warn" title="This run is not finished">
              It has no adapter yet.
            </ErrorNote>
          )}
          {reading.isTruncated && (
            <ErrorNote tone="warn" title="Text truncated">
              Only its first {reading.tokens.length} tokens were read.
            </ErrorNote>
          )}
          <AnswersPanel
            reading={reading}
            isStale={isStale}
            modules={modules}
            method={method}
            view={params.view}
            onView={(view) => setParams({ view })}
            onRetry={start}
          />
        </>
      }
      strips={
        reading.tokens.length > 0 ? (
          <EditedTokens
            runId={run.id}
            collection={collection}
            reading={reading}
            edits={params.edits}
            shaded={params.shaded}
            onShaded={(shaded) => setParams({ shaded })}
            noun={nounsOf(method).noun}
          />
        ) : null
      }
      studies={
        <AnswerDosePanel runId={run.id} collection={collection} method={method} params={params} onEdits={(edits) => setParams({ edits })} />
      }
      hints={encoderSteerKeys.hints}
    />
  );
}
