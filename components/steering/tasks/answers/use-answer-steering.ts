"use client";
import { useCallback } from "react";
import { chosenCollection } from "@/components/collections/chosen-collection";
import type { Steered, Steering } from "@/components/steering/steer-task";
import { useLimitedEdits } from "@/components/steering/use-limited-edits";
import type { Reading } from "@/components/text/use-reading";
import { useAddressState } from "@/components/ui/address/use-address-state";
import { hasAdapter } from "@/lib/contract/run";
import { type AnswerParams, answerParameters, answerParamsOf, answerValuesOf, readAnswerParams, writeAnswerParams } from "./answer-params";
import { useAnswers } from "./use-answers";

export type AnswerSteering = Steering & {
  readonly params: AnswerParams;
  readonly setParams: (change: Partial<AnswerParams>) => void;
  /** What is shown: the last reading that came to its end, while another is under way. */
  readonly reading: Reading;
  /** Whether what is shown is of another text or other edits. */
  readonly isStale: boolean;
};

/** All that the parts of the page share. */
export function useAnswerSteering({ detail: { run }, collections }: Steered): AnswerSteering {
  const [params, setState] = useAddressState(answerParameters, answerParamsOf, answerValuesOf);
  const [setParams, leftOut] = useLimitedEdits(setState);
  const { request, ...answers } = useAnswers(run.id, params, hasAdapter(run));
  const { edits, text } = params;
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
