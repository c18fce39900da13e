"use client";
import { ChevronDown, ChevronRight, Copy, Ellipsis, GripVertical, MoveDown, MoveUp, X } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { KeyboardEvent, ReactNode } from "react";
import { refusalOf } from "@/components/steering/edit-files/placed-edits";
import styles from "@/components/steering/edits.module.css";
import type { DropSide, EditDrag } from "@/components/steering/use-edit-drag";
import { classNames } from "@/components/ui/class-names";
import { IconButton } from "@/components/ui/icon-button";
import { Switch } from "@/components/ui/switch";
import type { Edit } from "@/lib/contract/edit";
import { EditChips } from "./edit-chips";
import { type EditActions, type EditContext, modulesOf } from "./edit-context";
import { editSummary } from "./edit-summary";

/** Where a card is in its list, and how it is shown there. */
export type CardPlace = {
  /** From 0; in words it counts from 1. */
  readonly place: number;
  readonly count: number;
  /** Pixels from the top of the list, and the ref that measures the card; null where all cards are rendered. */
  readonly top: number | null;
  readonly measure: ((card: HTMLElement | null) => void) | null;
  readonly dropSide: DropSide;
  readonly isOpen: boolean;
  /** Null where every card is open. */
  readonly onToggle: (() => void) | null;
};

type EditCardProps = {
  readonly edit: Edit;
  readonly at: CardPlace;
  readonly context: EditContext;
  readonly actions: EditActions<Edit>;
  readonly drag: EditDrag;
  readonly name: ReactNode;
  /** For those who hear the page. */
  readonly spoken: string;
  /** Moves the value, where there is one, by a step of its line. */
  readonly onStep?: (direction: 1 | -1, isFine: boolean) => void;
  readonly children?: ReactNode;
};

/** One edit: on or off, of what, where. A switched-off edit stays, dimmed; a closed card says in one line what its edit does. */
export function EditCard({ edit, at, context, actions, drag, name, spoken, onStep, children }: EditCardProps) {
  const { place, top, measure, isOpen, onToggle } = at;
  const { onEdit, onRemove, onMoveUp, onMoveDown } = actions;
  const refusal = refusalOf(edit, { modules: modulesOf(context), method: context.method });
  const toggle = () => onEdit({ ...edit, isOn: !edit.isOn });
  const key = (event: KeyboardEvent<HTMLLIElement>) => {
    const { target } = event;
    if (
      !(target instanceof Element) ||
      !event.currentTarget.contains(target) ||
      target.matches("select, textarea, input:not([role=switch])")
    )
      return;
    const act = keyAction(event, target, { toggle, onStep, onMoveUp, onMoveDown });
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <li
      className={classNames(styles["edit"], !edit.isOn && styles["off"], top !== null && styles["placed"])}
      onKeyDown={key}
      onDragOver={(event) => drag.over(place, event)}
      onDrop={drag.drop}
      data-drop={at.dropSide}
      {...(top === null ? {} : { ref: measure, style: { top }, "data-index": place, "aria-setsize": at.count, "aria-posinset": place + 1 })}
    >
      <div className={`columns middle ${styles["edithead"]}`}>
        <Switch label={`${spoken} is on`} isLabelHidden isOn={edit.isOn} onIsOnChange={toggle} />
        <span className={`row ${styles["editname"]}`}>
          <span className={`tiny dim num ${styles["place"]}`}>{place + 1}</span>
          {name}
        </span>
        <span className={styles["editactions"]}>
          {(onMoveUp !== null || onMoveDown !== null) && (
            <span
              className={styles["grip"]}
              title="Drag to reorder"
              aria-hidden="true"
              draggable
              onDragStart={(event) => drag.start(place, event)}
              onDragEnd={drag.end}
            >
              <GripVertical size={13} />
            </span>
          )}
          {onToggle !== null && (
            <IconButton label={`${isOpen ? "Close" : "Open"} ${spoken}`} onClick={onToggle}>
              {isOpen ? <ChevronDown size={13} aria-hidden="true" /> : <ChevronRight size={13} aria-hidden="true" />}
            </IconButton>
          )}
          <CardMenu spoken={spoken} actions={actions} />
          <IconButton label={`Remove ${spoken}`} onClick={onRemove}>
            <X size={12} aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      <div className={styles["editbody"]}>
        {isOpen ? (
          <>
            {children}
            <EditChips edit={edit} context={context} onEdit={onEdit} />
          </>
        ) : (
          <p className={`small mid cut ${styles["summary"]}`}>{editSummary(edit, context)}</p>
        )}
        {refusal !== undefined && (
          <p className={classNames("note", styles["bad"], styles["refusal"])} role="alert">
            {refusal} {edit.isOn ? "Change it or switch it off before running." : ""}
          </p>
        )}
      </div>
    </li>
  );
}

type KeyActions = {
  readonly toggle: () => void;
  readonly onStep: EditCardProps["onStep"];
  readonly onMoveUp: (() => void) | null;
  readonly onMoveDown: (() => void) | null;
};

/** Space on the slider switches, arrows on the switch move the value, and with alt the card moves, wherever in it the focus is. */
function keyAction(event: KeyboardEvent, target: Element, { toggle, onStep, onMoveUp, onMoveDown }: KeyActions): (() => void) | undefined {
  if (event.ctrlKey || event.metaKey) return undefined;
  if (event.altKey) return (event.key === "ArrowUp" ? onMoveUp : event.key === "ArrowDown" ? onMoveDown : null) ?? undefined;
  if (event.key === " " && target.matches("[role=slider]")) return toggle;
  if (!target.matches("[role=switch]") || onStep === undefined) return undefined;
  if (event.key === "ArrowRight") return () => onStep(1, event.shiftKey);
  if (event.key === "ArrowLeft") return () => onStep(-1, event.shiftKey);
  return undefined;
}

function CardMenu({ spoken, actions }: { readonly spoken: string; readonly actions: EditActions<Edit> }) {
  const { onDuplicate, onMoveUp, onMoveDown } = actions;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="iconbtn" aria-label={`More for ${spoken}`} title="More">
          <Ellipsis size={14} aria-hidden="true" />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6} collisionPadding={8}>
          <DropdownMenu.Item asChild onSelect={onDuplicate}>
            <button type="button">
              <Copy size={13} aria-hidden="true" />
              Duplicate
            </button>
          </DropdownMenu.Item>
          {[
            { label: "Move up", icon: <MoveUp size={13} aria-hidden="true" />, keys: "alt ↑", onMove: onMoveUp },
            { label: "Move down", icon: <MoveDown size={13} aria-hidden="true" />, keys: "alt ↓", onMove: onMoveDown },
          ].map(
            ({ label, icon, keys, onMove }) =>
              onMove !== null && (
                <DropdownMenu.Item key={label} asChild onSelect={onMove}>
                  <button type="button">
                    {icon}
                    {label}
                    <kbd className={styles["menukeys"]}>{keys}</kbd>
                  </button>
                </DropdownMenu.Item>
              ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
