"use client";
import { Square } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { CopyButton } from "@/components/ui/copy-button";
import { Panel } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import { mostTextTokens } from "@/lib/contract/read-text";
import { formatInteger } from "@/lib/numbers/format";
import { ChatTemplateSwitch } from "./chat-template-switch";
import { SecondSwitch, SecondText } from "./second-text";
import type { TextAddress } from "./text-address";
import { TextBox } from "./text-box";

type WritePanelProps = {
  readonly address: TextAddress;
  readonly onAddress: (change: Partial<TextAddress>) => void;
  /** Null while the model is not known. */
  readonly hasChatTemplate: boolean | null;
  /** Token by token, or whole by an encoder; `pairs` where it was trained on two texts. */
  readonly reads: "tokens" | "whole" | "pairs";
  /** Of an encoder's head, once known. */
  readonly classes: readonly string[];
  readonly isRunning: boolean;
  /** Texts to start from; null where they are not offered. */
  readonly examples: ReactNode;
  readonly onRead: () => void;
  readonly onStop: () => void;
};

/** The text to read, and how. */
export function WritePanel(props: WritePanelProps) {
  const { address, onAddress, hasChatTemplate, reads, isRunning, examples, onRead, onStop } = props;
  const onSecond = (second: string | null) => onAddress({ second });
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
        reads !== "tokens" ? (
          <SecondSwitch second={address.second} onSecond={onSecond} isOfPairs={reads === "pairs"} />
        ) : (
          <ChatTemplateSwitch
            hasChatTemplate={hasChatTemplate}
            isOn={address.useChatTemplate}
            onIsOnChange={(useChatTemplate) => onAddress({ useChatTemplate })}
          />
        )
      }
      foot={examples ?? `Up to ${formatInteger(mostTextTokens)} tokens are read. Longer text is truncated, with a notice.`}
    >
      <div className="stack fit">
        <TextBox
          label="Text"
          isLabelHidden
          rows={3}
          maxLength={20_000}
          value={address.text}
          placeholder="Paste a text to see what fires on it"
          onValueChange={(text) => onAddress({ text })}
          onKeyDown={onKeyDown}
        />
        {reads !== "tokens" && <SecondText second={address.second} onSecond={onSecond} onKeyDown={onKeyDown} />}
        <div className="row wrap">
          <Checkbox
            label="attribution (a backward pass)"
            isChecked={address.attribution}
            onIsCheckedChange={(attribution) => onAddress({ attribution })}
          />
          {reads !== "tokens" && address.attribution && <TowardsField {...props} />}
          <span className="grow" />
          <span className="row">
            <CopyButton text={() => window.location.href}>Link</CopyButton>
            {isRunning ? (
              <Button onClick={onStop}>
                <Square size={10} fill="currentColor" aria-hidden="true" />
                Stop
              </Button>
            ) : (
              <Button look="primary" disabled={isEmpty} title={isEmpty ? "Enter or paste a text first" : undefined} onClick={onRead}>
                Read
              </Button>
            )}
          </span>
        </div>
      </div>
    </Panel>
  );
}

/** The class whose loss latents are held against; a text of one's own has no label. */
function TowardsField({ address, onAddress, classes }: Pick<WritePanelProps, "address" | "onAddress" | "classes">) {
  const named = address.towards === null || classes.includes(address.towards) ? classes : [address.towards, ...classes];
  if (named.length === 0) return null;
  return (
    <Select
      label="Class for attribution"
      value={address.towards ?? ""}
      options={[{ value: "", label: "to the most probable class" }, ...named.map((name) => ({ value: name, label: `to ${name}` }))]}
      onValueChange={(towards) => onAddress({ towards: towards === "" ? null : towards })}
    />
  );
}
