"use client";
import { Play, Square } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import styles from "@/components/steering/steering.module.css";
import type { SteerParams } from "@/components/steering/tasks/language-model/steer-params";
import { whyNot } from "@/components/steering/tasks/language-model/steer-request";
import { ChatTemplateSwitch } from "@/components/text/chat-template-switch";
import { TextBox } from "@/components/text/text-box";
import { Button } from "@/components/ui/button";
import { Disclosure } from "@/components/ui/disclosure";
import { Panel } from "@/components/ui/panel";
import type { RunSummary } from "@/lib/contract/run";
import { formatPlural, formatSignificant } from "@/lib/numbers/format";
import { ArmChips } from "./arm-chips";
import { SamplingFields } from "./sampling-fields";

type PromptPanelProps = {
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
  /** Buttons that copy the request as a link, JSON or curl. */
  readonly copies: ReactNode;
  /** The images of the prompt, of a model that reads them. */
  readonly images?: ReactNode;
  /** Shown under an empty prompt. */
  readonly suggestion?: ReactNode;
};

const severalSeeds = 4;

/** The prompt and how it is run. */
export function PromptPanel(props: PromptPanelProps) {
  const { run, params, onParams, useChatTemplate, hasChatTemplate, isRunning, onRun, onSeeds, onStop, copies, images, suggestion } = props;
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
        <ChatTemplateSwitch
          hasChatTemplate={hasChatTemplate}
          isOn={useChatTemplate}
          onIsOnChange={(isOn) => onParams({ useChatTemplate: isOn })}
        />
      }
    >
      <div className="stack">
        <TextBox
          label="Prompt"
          isLabelHidden
          value={params.prompt}
          maxLength={100_000}
          placeholder="Prompt for the model"
          onValueChange={(prompt) => onParams({ prompt })}
          onKeyDown={runByKey}
        />
        {images}
        {params.prompt === "" && suggestion}
        {forced !== null && "text" in forced && (
          <TextBox
            label="Text that every arm reads after the prompt"
            value={forced.text}
            maxLength={100_000}
            placeholder="Text to score with every arm"
            onValueChange={(text) => onParams({ forced: { text } })}
            onKeyDown={runByKey}
          />
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
          summary={`${isGreedy ? "Greedy" : `Temperature ${formatSignificant(sampling.temperature, 2)}`}, ${formatPlural(sampling.maxTokens, "token")}, seed ${sampling.seed}`}
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
        <div className="row wrap">{copies}</div>
      </div>
    </Panel>
  );
}
