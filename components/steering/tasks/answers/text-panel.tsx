"use client";
import { Square } from "lucide-react";
import type { ReactNode } from "react";
import { SecondSwitch, SecondText } from "@/components/text/second-text";
import { TextBox } from "@/components/text/text-box";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import type { AnswerParams } from "./answer-params";

type TextPanelProps = {
  readonly params: AnswerParams;
  readonly onParams: (change: Partial<AnswerParams>) => void;
  /** Whether it was trained on two texts. */
  readonly isOfPairs: boolean;
  readonly isRunning: boolean;
  readonly onStop: () => void;
  /** Buttons that copy the request as a link, JSON or curl. */
  readonly copies: ReactNode;
  /** Shown under an empty text. */
  readonly suggestion: ReactNode;
};

/** The text, or the pair of texts, that the head predicts from. */
export function TextPanel({ params, onParams, isOfPairs, isRunning, onStop, copies, suggestion }: TextPanelProps) {
  const onSecond = (second: string | null) => onParams({ second });
  return (
    <Panel title="Text" aside={<SecondSwitch second={params.second} onSecond={onSecond} isOfPairs={isOfPairs} />}>
      <div className="stack">
        <TextBox
          label="Text"
          isLabelHidden
          rows={4}
          value={params.text}
          maxLength={20_000}
          placeholder="What the model reads"
          onValueChange={(text) => onParams({ text })}
        />
        <SecondText second={params.second} onSecond={onSecond} />
        {params.text === "" && suggestion}
        <div className="row wrap">
          {copies}
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
