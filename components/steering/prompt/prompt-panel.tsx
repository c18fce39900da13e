"use client";
import { Play, Square } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId } from "react";
import { RequestCopies, type RequestTexts } from "@/components/steering/request-copies";
import type { SteerParams } from "@/components/steering/steer-params";
import { whyNot } from "@/components/steering/steer-request";
import styles from "@/components/steering/steering.module.css";
import { Button } from "@/components/ui/button";
import { Disclosure } from "@/components/ui/disclosure";
import { Panel } from "@/components/ui/panel";
import { Switch } from "@/components/ui/switch";
import type { RunSummary } from "@/lib/contract/run";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";
import { ArmChips } from "./arm-chips";
import { SamplingFields } from "./sampling-fields";

type PromptPanelProps = RequestTexts & {
  readonly run: RunSummary;
  readonly params: SteerParams;
  readonly onParams: (change: Partial<SteerParams>) => void;
  readonly useChatTemplate: boolean;
  /** Null while the model is not known. */
  readonly hasChatTemplate: boolean | null;
  readonly isRunning: boolean;
  readonly onRun: () => void;
  /** Runs with so many seeds from one on, one after another. */
  readonly onSeeds: (from: number, count: number) => void;
  readonly onStop: () => void;
  /** Shown under an empty prompt. */
  readonly suggestion?: ReactNode;
};

const severalSeeds = 4;

/** The prompt and how it is run. */
export function PromptPanel(props: PromptPanelProps) {
  const { run, params, onParams, useChatTemplate, hasChatTemplate, isRunning, onRun, onSeeds, onStop, suggestion, ...copied } = props;
  const id = useId();
  const { sampling, forced } = params;
  const reason = whyNot(params);
  const runByKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (reason === null) onRun();
  };
  const isGreedy = sampling.temperature === 0;
  return (
    <Panel
      title="Prompt"
      aside={
        hasChatTemplate === false ? (
          <span className="small dim">no chat template in this model</span>
        ) : (
          <Switch
            label="chat template"
            isOn={useChatTemplate}
            isDisabled={hasChatTemplate === null}
            onIsOnChange={(isOn) => onParams({ useChatTemplate: isOn })}
          />
        )
      }
    >
      <div className="stack">
        <label className="vh" htmlFor={id}>
          Prompt
        </label>
        <textarea
          id={id}
          className="input"
          rows={3}
          value={params.prompt}
          maxLength={100_000}
          placeholder="What the model reads first"
          onChange={(event) => onParams({ prompt: event.target.value })}
          onKeyDown={runByKey}
        />
        {params.prompt === "" && suggestion}
        {forced !== null && "text" in forced && (
          <>
            <label className="lab" htmlFor={`${id}-forced`}>
              All arms read this after it
            </label>
            <textarea
              id={`${id}-forced`}
              className="input"
              rows={3}
              value={forced.text}
              maxLength={100_000}
              placeholder="Text to score with every arm"
              onChange={(event) => onParams({ forced: { text: event.target.value } })}
              onKeyDown={runByKey}
            />
          </>
        )}
        <div className="row wrap">
          <ArmChips run={run} params={params} onParams={onParams} />
          {isRunning ? (
            <Button className={styles["runbutton"]} onClick={onStop}>
              <Square size={10} fill="currentColor" aria-hidden="true" />
              Stop
            </Button>
          ) : (
            <Button look="primary" className={styles["runbutton"]} disabled={reason !== null} title={reason ?? undefined} onClick={onRun}>
              <Play size={11} fill="currentColor" aria-hidden="true" />
              Run <kbd className={styles["plainkbd"]}>⌃↵</kbd>
            </Button>
          )}
        </div>
        <Disclosure
          summary={`${isGreedy ? "Greedy" : `Temperature ${formatSignificant(sampling.temperature, 2)}`}, ${formatInteger(sampling.maxTokens)} tokens, seed ${sampling.seed}`}
        >
          <SamplingFields
            sampling={sampling}
            onSampling={(next) => onParams({ sampling: next })}
            precision={params.precision}
            onPrecision={(precision) => onParams({ precision })}
          />
          <div className="row wrap" title={isGreedy ? "Greedy output does not depend on the seed. Set a temperature first." : undefined}>
            <Button size="dense" disabled={isGreedy || reason !== null} onClick={() => onSeeds(sampling.seed + 1, 1)}>
              Next seed
            </Button>
            <Button size="dense" disabled={isGreedy || reason !== null} onClick={() => onSeeds(sampling.seed, severalSeeds)}>
              Run {severalSeeds} seeds
            </Button>
          </div>
        </Disclosure>
        <div className="row wrap">
          <RequestCopies {...copied} />
        </div>
      </div>
    </Panel>
  );
}
