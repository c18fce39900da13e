"use client";
import { Square } from "lucide-react";
import { type ReactNode, useId } from "react";
import { RequestCopies, type RequestTexts } from "@/components/steering/request-copies";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { Switch } from "@/components/ui/switch";
import type { AnswerParams } from "./answer-params";

type TextPanelProps = RequestTexts & {
  readonly params: AnswerParams;
  readonly onParams: (change: Partial<AnswerParams>) => void;
  /** Whether it was trained on two texts. */
  readonly isOfPairs: boolean;
  readonly isRunning: boolean;
  readonly onStop: () => void;
  /** Shown under an empty text. */
  readonly suggestion: ReactNode;
};

/** The text, or the two, that are answered. */
export function TextPanel({ params, onParams, isOfPairs, isRunning, onStop, suggestion, ...copied }: TextPanelProps) {
  const id = useId();
  return (
    <Panel
      title="Text"
      aside={
        <Switch
          label={isOfPairs ? "second text, as in training" : "second text"}
          isOn={params.second !== null}
          onIsOnChange={(isOn) => onParams({ second: isOn ? "" : null })}
        />
      }
    >
      <div className="stack">
        <label className="vh" htmlFor={id}>
          Text
        </label>
        <textarea
          id={id}
          className="input"
          rows={4}
          value={params.text}
          maxLength={20_000}
          placeholder="Text to classify"
          onChange={(event) => onParams({ text: event.target.value })}
        />
        {params.second !== null && (
          <>
            <label className="lab" htmlFor={`${id}-second`}>
              Second text
            </label>
            <textarea
              id={`${id}-second`}
              className="input"
              rows={3}
              value={params.second}
              maxLength={20_000}
              placeholder="Read together with the first: an answer to a question, a hypothesis to a premise"
              onChange={(event) => onParams({ second: event.target.value })}
            />
          </>
        )}
        {params.text === "" && suggestion}
        <div className="row wrap">
          <RequestCopies {...copied} />
          <span className="grow" />
          {isRunning && (
            <Button size="dense" onClick={onStop}>
              <Square size={10} fill="currentColor" aria-hidden="true" />
              Stop
            </Button>
          )}
        </div>
      </div>
    </Panel>
  );
}
