"use client";
import { type KeyboardEvent, memo, type PointerEvent, useRef } from "react";
import { ByteText } from "@/components/ui/byte-text";
import { classNames } from "@/components/ui/class-names";
import { moveSelection, type TokenSelection } from "./move-span";
import type { Span } from "./rank-latents";
import styles from "./text.module.css";

export type ShownToken = {
  readonly text: string;
  readonly colour: string;
  /** Of the text on `colour`. */
  readonly ink: string;
  readonly title: string;
  /** Colour of the cell under the token, where the text has a strip. */
  readonly strip?: string;
};

type TokenTextProps = {
  readonly tokens: readonly ShownToken[];
  readonly selection: TokenSelection | null;
  readonly span: Span | null;
  readonly onSelection: (next: TokenSelection | null) => void;
  readonly onPoint: (token: number | null) => void;
};

/** The text as tokens, shaded, of which a span is selected: by a drag, by shift and a click, or with the arrow keys. */
export function TokenText({ tokens, selection, span, onSelection, onPoint }: TokenTextProps) {
  const isDragging = useRef(false);
  const box = useRef<HTMLDivElement>(null);
  const press = (event: PointerEvent) => {
    const token = tokenAt(event.target);
    if (token === null || event.button !== 0) return;
    // The browser's own selection of text would begin here; focus is set by hand, as it is not given then.
    event.preventDefault();
    box.current?.focus();
    isDragging.current = true;
    onSelection({ anchor: event.shiftKey && selection !== null ? selection.anchor : token, head: token });
  };
  const move = (event: PointerEvent) => {
    const token = tokenAt(document.elementFromPoint(event.clientX, event.clientY));
    onPoint(token);
    if (isDragging.current && selection !== null && token !== null && token !== selection.head)
      onSelection({ anchor: selection.anchor, head: token });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey) return;
    const next = moveSelection(selection, tokens.length, {
      key: event.key,
      shiftKey: event.shiftKey,
      isCommand: event.ctrlKey || event.metaKey,
    });
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onSelection(next);
  };
  const end = () => {
    isDragging.current = false;
  };
  return (
    <div
      ref={box}
      className={styles["tokens"]}
      role="listbox"
      tabIndex={0}
      aria-multiselectable="true"
      aria-label="Tokens of the text; arrow keys select one, with shift several"
      aria-activedescendant={selection === null ? undefined : `token-${selection.head}`}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
      onPointerLeave={() => onPoint(null)}
      onKeyDown={onKeyDown}
    >
      {tokens.map((token, index) => (
        <Token
          // biome-ignore lint/suspicious/noArrayIndexKey: tokens stand where they stand
          key={index}
          index={index}
          {...token}
          isSelected={span !== null && index >= span.from && index <= span.to}
          isFirst={span?.from === index}
          isLast={span?.to === index}
        />
      ))}
    </div>
  );
}

type TokenProps = ShownToken & {
  readonly index: number;
  readonly isSelected: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
};

const Token = memo(function Token({ index, text, colour, ink, title, strip, isSelected, isFirst, isLast }: TokenProps) {
  const shown = text === "" ? "∅" : text.replaceAll("\t", "⇥").replaceAll("\n", "⏎\n");
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names the active token
    <span
      id={`token-${index}`}
      data-token={index}
      role="option"
      aria-selected={isSelected}
      title={title}
      className={classNames(
        styles["token"],
        strip !== undefined && styles["stripped"],
        isSelected && styles["chosen"],
        isFirst && styles["first"],
        isLast && styles["last"],
      )}
      style={{
        ...(colour === "transparent" ? {} : { backgroundColor: colour, color: ink }),
        ...(strip === undefined ? {} : { borderBottomColor: strip }),
      }}
    >
      <ByteText text={shown} />
    </span>
  );
});

function tokenAt(target: EventTarget | null): number | null {
  const element = target instanceof Element ? target.closest("[data-token]") : null;
  const text = element?.getAttribute("data-token") ?? null;
  return text === null ? null : Number(text);
}
