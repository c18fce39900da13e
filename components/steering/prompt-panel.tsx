"use client";
import { Play, Square } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId } from "react";
import { Button } from "@/components/ui/button";
import { ChoiceChip } from "@/components/ui/chip";
import { CopyButton } from "@/components/ui/copy-button";
import { Disclosure } from "@/components/ui/disclosure";
import { Panel } from "@/components/ui/panel";
import { Switch } from "@/components/ui/switch";
import type { ArmName } from "@/lib/contract/generate";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";
import { SamplingFields } from "./sampling-fields";
import type { SteerParams } from "./steer-params";
import styles from "./steering.module.css";

type PromptPanelProps = {
  readonly params: SteerParams;
  readonly onParams: (change: Partial<SteerParams>) => void;
  readonly useChatTemplate: boolean;
  /** Null while the model is not known. */
  readonly hasChatTemplate: boolean | null;
  readonly isRunning: boolean;
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly requestText: () => string;
  /** Shown under an empty prompt. */
  readonly suggestion?: ReactNode;
};

const arms: readonly { name: ArmName; label: string }[] = [
  { name: "base", label: "Base" },
  { name: "adapter", label: "Adapter" },
  { name: "edited", label: "Edited" },
];

/** What is asked, and how it is answered. */
export function PromptPanel({
  params,
  onParams,
  useChatTemplate,
  hasChatTemplate,
  isRunning,
  onRun,
  onStop,
  requestText,
  suggestion,
}: PromptPanelProps) {
  const id = useId();
  const { sampling } = params;
  const run = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (params.prompt !== "") onRun();
  };
  const toggle = (arm: ArmName, isOn: boolean) => {
    const next = arms.map(({ name }) => name).filter((name) => (name === arm ? isOn : params.arms.includes(name)));
    if (next.length > 0) onParams({ arms: next });
  };
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
          onKeyDown={run}
        />
        {params.prompt === "" && suggestion}
        <div className="row wrap">
          {arms.map(({ name, label }) => (
            <ChoiceChip key={name} isOn={params.arms.includes(name)} onIsOnChange={(isOn) => toggle(name, isOn)}>
              {label}
            </ChoiceChip>
          ))}
          <span className="grow" />
          {isRunning ? (
            <Button onClick={onStop}>
              <Square size={10} fill="currentColor" aria-hidden="true" />
              Stop
            </Button>
          ) : (
            <Button
              look="primary"
              disabled={params.prompt === ""}
              title={params.prompt === "" ? "Write a prompt first" : undefined}
              onClick={onRun}
            >
              <Play size={11} fill="currentColor" aria-hidden="true" />
              Run <kbd className={styles["plainkbd"]}>⌃↵</kbd>
            </Button>
          )}
        </div>
        <Disclosure
          summary={`${sampling.temperature === 0 ? "Greedy" : `Temperature ${formatSignificant(sampling.temperature, 2)}`}, ${formatInteger(sampling.maxTokens)} tokens, seed ${sampling.seed}`}
        >
          <SamplingFields sampling={sampling} onSampling={(next) => onParams({ sampling: next })} />
        </Disclosure>
        <div className="row">
          <CopyButton text={() => window.location.href}>Link</CopyButton>
          <CopyButton text={requestText}>Request as JSON</CopyButton>
        </div>
      </div>
    </Panel>
  );
}
