"use client";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { formatPlural } from "@/lib/numbers/format";
import type { Choice } from "./choice";
import { ChoiceList, optionId } from "./choice-list";
import { keepRecent } from "./recent";
import styles from "./search.module.css";
import { useChoices } from "./use-choices";
import { useCommands } from "./use-commands";

/** A field and what it finds: arrows choose, Enter takes. */
export function SearchPanel({ close }: { readonly close: () => void }) {
  const router = useRouter();
  const listId = useId();
  const [text, setText] = useState("");
  const [pointed, setPointed] = useState<string>();
  const { commands, error: startError, isStarting } = useCommands(close);
  const { groups, isSearching, notSearched, error, again } = useChoices(text, commands);
  const choices = groups.flatMap((group) => group.choices);
  const at = Math.max(
    0,
    choices.findIndex(({ key }) => key === pointed),
  );
  const active = choices[at];

  const take = (choice: Choice) => {
    if ("act" in choice) return choice.act();
    if (!choice.key.startsWith("command ")) keepRecent(choice);
    close();
    router.push(choice.href);
  };
  const point = (place: number) => setPointed(choices[(place + choices.length) % choices.length]?.key);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") point(at + 1);
    else if (event.key === "ArrowUp") point(at - 1);
    else if (event.key === "Enter" && active !== undefined) take(active);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div className={styles["field"]}>
        <Search size={15} aria-hidden="true" />
        <input
          role="combobox"
          aria-label="Run, latent, model, dataset, page or command"
          aria-expanded={choices.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active === undefined ? undefined : optionId(listId, at)}
          placeholder="Run, latent by label, token or name, model, dataset, page or command"
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setPointed(undefined);
          }}
          onKeyDown={onKeyDown}
        />
        <kbd>esc</kbd>
      </div>
      <ChoiceList id={listId} groups={groups} activeKey={active?.key} onPoint={({ key }) => setPointed(key)} onTake={take} />
      {error === null ? null : (
        <ErrorNote title="Some results are missing" actions={<Button onClick={again}>Retry</Button>}>
          {messageOf(error)}
        </ErrorNote>
      )}
      {startError === null ? null : <ErrorNote title="Could not start the demonstration">{messageOf(startError)}</ErrorNote>}
      <p className={styles["foot"]} role="status">
        {isStarting ? "Starting the demonstration…" : countWords(choices.length, { isSearching, notSearched, text: text.trim() })}
      </p>
    </>
  );
}

type Found = { readonly isSearching: boolean; readonly notSearched: number; readonly text: string };

function countWords(count: number, { isSearching, notSearched, text }: Found): string {
  if (isSearching) return "Searching latents…";
  const left = notSearched === 0 ? "" : ` Latents of the ${formatPlural(notSearched, "oldest collection")} were not searched.`;
  if (count === 0 && text !== "") return `Nothing found for “${text}”.${left}`;
  return `${formatPlural(count, "result")}.${left}`;
}
