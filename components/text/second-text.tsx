import type { KeyboardEvent } from "react";
import { Switch } from "@/components/ui/switch";
import { TextBox } from "./text-box";

type SecondProps = {
  /** Null where one text is read alone. */
  readonly second: string | null;
  readonly onSecond: (second: string | null) => void;
};

/** Adds a second text, so that a pair is read, or removes it. */
export function SecondSwitch({ second, onSecond, isOfPairs }: SecondProps & { readonly isOfPairs: boolean }) {
  return (
    <Switch
      label={isOfPairs ? "second text, as in training" : "second text"}
      isOn={second !== null}
      onIsOnChange={(isOn) => onSecond(isOn ? "" : null)}
    />
  );
}

/** The second text of a pair; nothing where one is read alone. */
export function SecondText({ second, onSecond, onKeyDown }: SecondProps & { readonly onKeyDown?: (event: KeyboardEvent) => void }) {
  if (second === null) return null;
  return (
    <TextBox
      label="Second text"
      value={second}
      maxLength={20_000}
      placeholder="Read together with the first: an answer to a question, a hypothesis to a premise"
      onValueChange={onSecond}
      {...(onKeyDown === undefined ? {} : { onKeyDown })}
    />
  );
}
