"use client";
import { useCallback, useMemo } from "react";
import { chosenCollection } from "@/components/collections/chosen-collection";
import type { Steered } from "@/components/steering/steer-task";
import { useLimitedEdits } from "@/components/steering/use-limited-edits";
import { textsToRead } from "@/components/text/reads-pairs";
import { useReading } from "@/components/text/use-reading";
import { useAddressState } from "@/components/ui/address/use-address-state";
import type { ReadTextInput } from "@/lib/contract/read-text";
import { hasAdapter } from "@/lib/contract/run";
import { type AnswerParams, answerParameters, answerParamsOf, answerValuesOf, readAnswerParams, writeAnswerParams } from "./answer-params";
import type { Answering } from "./answering";
import { useAnswers } from "./use-answers";

export type AnswerSteering = Answering<ReadTextInput> & {
  readonly params: AnswerParams;
  readonly setParams: (change: Partial<AnswerParams>) => void;
};

/** All that the parts of the page share. */
export function useAnswerSteering({ detail: { run }, collections }: Steered): AnswerSteering {
  const [params, setState] = useAddressState(answerParameters, answerParamsOf, answerValuesOf);
  const [setParams, leftOut] = useLimitedEdits(setState);
  const { edits, text, second } = params;
  const isOn = hasAdapter(run);
  const request = useMemo<ReadTextInput | null>(
    () => (text === "" || !isOn ? null : { ...textsToRead({ text, second }), attribution: false, edits: [...edits] }),
    [text, second, edits, isOn],
  );
  const answers = useAnswers(request, useReading(run.id, null));
  const addressEnd = useCallback(() => writeAnswerParams(params), [params]);
  const takeState = useCallback(
    (state: URLSearchParams) => {
      const taken = readAnswerParams(state);
      setParams(taken);
      return writeAnswerParams(taken);
    },
    [setParams],
  );
  return {
    ...answers,
    params,
    setParams,
    leftOut,
    collection: chosenCollection(collections, params.collectionId),
    shortcuts: {},
    watch: (shaded) => setParams({ shaded }),
    addressEnd,
    takeState,
    sent: { request: request ?? { edits }, shell: { endpoint: "text", body: request ?? { text, edits } } },
  };
}
