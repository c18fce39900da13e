"use client";
import { Square } from "lucide-react";
import { type KeyboardEvent, useId } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { CopyButton } from "@/components/ui/copy-button";
import { Panel } from "@/components/ui/panel";
import { Switch } from "@/components/ui/switch";
import { mostTextTokens } from "@/lib/contract/read-text";
import { formatInteger } from "@/lib/numbers/format";
import { longestTextInAddress, type TextAddress } from "./text-address";

type WritePanelProps = {
  readonly address: TextAddress;
  readonly onAddress: (change: Partial<TextAddress>) => void;
  /** Null while the model is not known. */
  readonly hasChatTemplate: boolean | null;
  /** Whether the text's own tokens carry a loss that can be attributed: not where it is read whole. */
  readonly mayAttribute: boolean;
  readonly isRunning: boolean;
  /** Whether what is shown below is of another text or other options. */
  readonly isChanged: boolean;
  readonly onRead: () => void;
  readonly onStop: () => void;
};

/** The text to read, and how. */
export function WritePanel({ address, onAddress, hasChatTemplate, mayAttribute, isRunning, isChanged, onRead, onStop }: WritePanelProps) {
  const id = useId();
  const isEmpty = address.text === "";
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || isEmpty) return;
    event.preventDefault();
    onRead();
  };
  return (
    <Panel
      title="Your text"
      aside={
        hasChatTemplate === false ? (
          <span className="small dim">no chat template in this model</span>
        ) : (
          <Switch
            label="chat template"
            isOn={address.useChatTemplate}
            isDisabled={hasChatTemplate === null}
            onIsOnChange={(useChatTemplate) => onAddress({ useChatTemplate })}
          />
        )
      }
      foot={
        <>
          Up to {formatInteger(mostTextTokens)} tokens are read; the rest is left out and said so.
          {address.text.length > longestTextInAddress
            ? ` A text over ${formatInteger(longestTextInAddress)} characters is not part of the link.`
            : ""}
        </>
      }
    >
      <div className="stack">
        <label className="vh" htmlFor={id}>
          Text
        </label>
        <textarea
          id={id}
          className="input"
          rows={5}
          maxLength={20_000}
          value={address.text}
          placeholder="Paste a text, and see what fires on it"
          onChange={(event) => onAddress({ text: event.target.value })}
          onKeyDown={onKeyDown}
        />
        <div className="row wrap">
          {mayAttribute ? (
            <Checkbox
              label="attribution (a backward pass)"
              isChecked={address.attribution}
              onIsCheckedChange={(attribution) => onAddress({ attribution })}
            />
          ) : (
            <span className="small dim">no attribution: a text of your own has no label</span>
          )}
          <span className="grow" />
          <CopyButton text={() => window.location.href}>Link</CopyButton>
          {isRunning ? (
            <Button onClick={onStop}>
              <Square size={10} fill="currentColor" aria-hidden="true" />
              Stop
            </Button>
          ) : (
            <Button
              look={isChanged ? "primary" : "default"}
              disabled={isEmpty}
              title={isEmpty ? "Write or paste a text first" : undefined}
              onClick={onRead}
            >
              Read
            </Button>
          )}
        </div>
      </div>
    </Panel>
  );
}
