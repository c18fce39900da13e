"use client";
import { memo } from "react";
import { isLatentEdit } from "@/components/steering/edit-change";
import type { EditDrag } from "@/components/steering/use-edit-drag";
import { isSame } from "@/components/ui/is-same";
import type { Edit } from "@/lib/contract/edit";
import type { CardPlace } from "./edit-card";
import type { EditContext } from "./edit-context";
import { LatentEditCard } from "./latent-edit-card";
import { ModuleEditCard } from "./module-edit-card";

/** What can be done to the card at a place: the same functions from one render to the next, so that a change to one card renders no other. */
export type CardActions = {
  readonly replace: (place: number, next: Edit) => void;
  readonly remove: (place: number) => void;
  readonly duplicate: (place: number) => void;
  readonly move: (from: number, to: number) => void;
  readonly toggle: (cardKey: number, isOpen: boolean) => void;
};

type EditItemProps = Omit<CardPlace, "onToggle"> & {
  readonly edit: Edit;
  readonly cardKey: number;
  readonly mayClose: boolean;
  /** Latents that other edits of the list are of, for an edit that keeps some of their module. */
  readonly listed: readonly number[];
  readonly context: EditContext;
  readonly act: CardActions;
  readonly drag: EditDrag;
};

/** One edit of a list. It renders again only when something about it changes. */
export const EditItem = memo(
  function EditItem({ edit, cardKey, listed, mayClose, act, drag, context, ...where }: EditItemProps) {
    const { place, count, isOpen } = where;
    const actions = {
      onEdit: (next: Edit) => act.replace(place, next),
      onRemove: () => act.remove(place),
      onDuplicate: () => act.duplicate(place),
      onMoveUp: place === 0 ? null : () => act.move(place, place - 1),
      onMoveDown: place === count - 1 ? null : () => act.move(place, place + 1),
    };
    const onToggle = mayClose ? () => act.toggle(cardKey, !isOpen) : null;
    const common = { at: { ...where, onToggle }, context, actions, drag };
    return isLatentEdit(edit) ? <LatentEditCard edit={edit} {...common} /> : <ModuleEditCard edit={edit} listed={listed} {...common} />;
  },
  (before, after) => {
    const { edit, listed, ...others } = after;
    // Edits are parsed again after each change of the address: an equal edit may be another object.
    if (!isSame(before.edit, edit) || !isSame(before.listed, listed)) return false;
    return Object.entries(others).every(([name, value]) => Object.is(value, Reflect.get(before, name)));
  },
);
