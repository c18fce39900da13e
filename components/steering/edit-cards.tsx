"use client";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type ComponentProps, Fragment, type ReactNode, useEffect, useRef, useState } from "react";
import type { Edit } from "@/lib/contract/edit";
import { EditItem } from "./edit-card/edit-item";
import { isLatentEdit } from "./edit-change";
import styles from "./edits.module.css";
import type { DropSide } from "./use-edit-drag";
import { mostOpen, type OpenCards } from "./use-open-cards";

type EditCardsProps = Pick<ComponentProps<typeof EditItem>, "context" | "act" | "drag"> & {
  readonly edits: readonly Edit[];
  readonly keys: readonly number[];
  readonly open: OpenCards;
  readonly dropSideOf: (place: number) => DropSide;
  /** The line that offers to undo the last removal, and its place in the list; null where there is nothing to undo. */
  readonly undo: { readonly at: number; readonly line: ReactNode } | null;
};

/** Longer lists scroll in a box of their own, which renders only the cards in view. Our choice. */
const mostOnPage = 24;
/** Pixels: the height of a closed card before it is measured, and of the box on the server. */
const closedHeight = 67;
const boxHeight = 560;
const overscan = 6;

/** The cards of a list, in the order in which the edits apply. */
export function EditCards(props: EditCardsProps) {
  return props.edits.length > mostOnPage ? <BoxedCards {...props} /> : <AllCards {...props} />;
}

function AllCards({ undo, ...props }: EditCardsProps) {
  const { edits, keys } = props;
  return (
    <ol className={styles["edits"]}>
      {edits.map((edit, place) => (
        <Fragment key={keys[place]}>
          {undo?.at === place && undo.line}
          {cardAt(props, edit, place, null)}
        </Fragment>
      ))}
      {undo !== null && undo.at >= edits.length && undo.line}
    </ol>
  );
}

function BoxedCards({ undo, ...props }: EditCardsProps) {
  const { edits, keys } = props;
  const box = useRef<HTMLElement>(null);
  // The focused card stays rendered wherever the box is scrolled to.
  const [focused, setFocused] = useState<number | null>(null);
  const held = focused === null ? -1 : keys.indexOf(focused);
  const virtualizer = useVirtualizer({
    count: edits.length,
    getScrollElement: () => box.current,
    estimateSize: () => closedHeight,
    getItemKey: (place) => keys[place] ?? place,
    overscan,
    rangeExtractor: (range) => {
      const inSight = defaultRangeExtractor(range);
      return held < 0 || inSight.includes(held) ? inSight : [...inSight, held].sort((a, b) => a - b);
    },
    initialRect: { width: 0, height: boxHeight },
  });
  const count = edits.length;
  const countBefore = useRef(count);
  useEffect(() => {
    if (count === countBefore.current + 1 && props.open.isOpen(keys[count - 1] ?? -1)) virtualizer.scrollToIndex(count - 1);
    countBefore.current = count;
  });
  return (
    <>
      {undo !== null && <ol className={styles["edits"]}>{undo.line}</ol>}
      <section
        ref={box}
        className={styles["box"]}
        aria-label="Edits, in order"
        onFocus={({ target }) => {
          const place = Number(target.closest("li")?.dataset["index"] ?? -1);
          setFocused(keys[place] ?? null);
        }}
        onBlur={() => setFocused(null)}
      >
        <ol style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const edit = edits[index];
            const boxed = { top: start, measure: virtualizer.measureElement };
            return edit === undefined ? null : <Fragment key={key}>{cardAt(props, edit, index, boxed)}</Fragment>;
          })}
        </ol>
      </section>
    </>
  );
}

const none: readonly number[] = [];

function cardAt(
  { edits, keys, open, dropSideOf, context, act, drag }: Omit<EditCardsProps, "undo">,
  edit: Edit,
  place: number,
  boxed: { readonly top: number; readonly measure: (card: HTMLElement | null) => void } | null,
): ReactNode {
  const cardKey = keys[place] ?? place;
  return (
    <EditItem
      edit={edit}
      cardKey={cardKey}
      place={place}
      count={edits.length}
      isOpen={open.isOpen(cardKey)}
      mayClose={edits.length > mostOpen}
      dropSide={dropSideOf(place)}
      top={boxed?.top ?? null}
      measure={boxed?.measure ?? null}
      listed={edit.operation === "isolate" ? latentsOf(edits, edit.module) : none}
      context={context}
      act={act}
      drag={drag}
    />
  );
}

function latentsOf(edits: readonly Edit[], module: string): readonly number[] {
  return edits.flatMap((edit) => (isLatentEdit(edit) && edit.latent.module === module ? [edit.latent.index] : []));
}
