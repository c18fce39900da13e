"use client";
import { encoderSteerKeys } from "@/components/shell/page-keys";
import type { SteerTask } from "@/components/steering/steer-task";
import { readsPairs, textsToRead } from "@/components/text/reads-pairs";
import { useReading } from "@/components/text/use-reading";
import { answerParameters } from "./answer-params";
import type { AnsweredInput, AnswerRequest } from "./answering";
import { AnswersPanel } from "./answers-panel";
import { AnswerDosePanel } from "./dose/answer-dose-panel";
import { EditedTokens } from "./edited-tokens";
import { TextPanel } from "./text-panel";
import { TextSuggestion } from "./text-suggestion";
import { type AnswerSteering, useAnswerSteering } from "./use-answer-steering";

const text: AnsweredInput = { noun: "text", position: "token", positions: "tokens", ask: "Enter a text" };

/** Steering of predictions: the head predicts again after every change, so nothing has to be run by hand. */
export const answerSteering: SteerTask<AnswerSteering> = {
  parameters: answerParameters,
  useSteering: useAnswerSteering,
  reads: "whole",
  withoutAdapter: "It has no adapter yet.",
  hints: encoderSteerKeys.hints,
  Input: ({ detail, steering: { params, setParams, collection, isRunning, stop }, copies }) => (
    <TextPanel
      params={params}
      onParams={setParams}
      isOfPairs={readsPairs(detail)}
      isRunning={isRunning}
      onStop={stop}
      copies={copies}
      suggestion={collection !== null && <TextSuggestion collection={collection} edits={params.edits} onTexts={setParams} />}
    />
  ),
  Output: (props) => <AnswersPanel {...props} input={text} />,
  Tokens: (props) => props.steering.reading.tokens.length > 0 && <EditedTokens {...props} />,
  Studies: function TextDose(props) {
    const { params } = props.steering;
    const reader = useReading(props.detail.run.id, null);
    const requestOf = (asked: AnswerRequest) => ({ ...textsToRead(params), ...asked });
    return <AnswerDosePanel {...props} input={text} reader={reader} requestOf={params.text === "" ? null : requestOf} />;
  },
};
