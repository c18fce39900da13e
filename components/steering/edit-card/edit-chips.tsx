"use client";
import { Plus, X } from "lucide-react";
import { DropdownMenu, Popover } from "radix-ui";
import { type ReactNode, useState } from "react";
import { latentName, scopeWords } from "@/components/latents/edit-words";
import { mayHangOnFiring } from "@/components/steering/edit-change";
import styles from "@/components/steering/edits.module.css";
import type { Edit, EditCondition } from "@/lib/contract/edit";
import { formatSignificant } from "@/lib/numbers/format";
import { ConditionField } from "./condition-field";
import { type EditContext, modulesOf } from "./edit-context";
import { ScopeField } from "./scope-field";

type EditChipsProps<Edited extends Edit> = {
  readonly edit: Edited;
  readonly context: EditContext;
  readonly onEdit: (next: Edit) => void;
};

/** The scope and conditions of an edit as chips; each opens to edit, and restrictions can be removed. */
export function EditChips({ edit, context, onEdit }: EditChipsProps<Edit>) {
  const [isHanging, setIsHanging] = useState(false);
  const condition = "onlyIf" in edit ? edit.onlyIf : undefined;
  const isFiring = "onlyIfFiring" in edit && edit.onlyIfFiring === true;
  const setCondition = (onlyIf: EditCondition | undefined) => edit.operation !== "adapterOff" && onEdit({ ...edit, onlyIf });
  const setFiring = (onlyIfFiring: boolean) => "latent" in edit && onEdit({ ...edit, onlyIfFiring: onlyIfFiring || undefined });
  const setSkips = (skips: boolean) => onEdit({ ...edit, skipsSpecialTokens: skips || undefined });
  const choices: Choice[] = [
    ...(edit.skipsSpecialTokens === true || context.reads === "patches"
      ? []
      : [
          {
            label: "Skip special tokens",
            words: "beginning, end and chat-turn tokens",
            onChoose: () => setSkips(true),
          },
        ]),
    ...(isFiring || !mayHangOnFiring(edit)
      ? []
      : [{ label: "Only where it fires", words: "its activation before edits is not 0", onChoose: () => setFiring(true) }]),
    ...(condition !== undefined || edit.operation === "adapterOff"
      ? []
      : [
          {
            label: "Only if another latent fires…",
            words: "above a number, before any edit",
            onChoose: () => setIsHanging(true),
          },
        ]),
  ];
  return (
    <div className={styles["chips"]}>
      <ChipPopover label="Scope" chip={<Open>{scopeWords(edit.scope, context.reads === "patches")}</Open>}>
        <ScopeField scope={edit.scope} reads={context.reads} onScope={(scope) => onEdit({ ...edit, scope })} />
      </ChipPopover>
      {edit.skipsSpecialTokens === true && <Chip onRemove={() => setSkips(false)}>no special tokens</Chip>}
      {isFiring && <Chip onRemove={() => setFiring(false)}>if it fires</Chip>}
      {/* Anchored to the chip, or to where the chip will be. */}
      <Popover.Root open={isHanging} onOpenChange={setIsHanging}>
        <Popover.Anchor asChild>
          <span className={styles["anchor"]}>
            {condition !== undefined && (
              <Chip
                onOpen={() => setIsHanging(true)}
                onRemove={() => {
                  setIsHanging(false);
                  setCondition(undefined);
                }}
              >
                if {latentName(condition.latent, modulesOf(context))} &gt; {formatSignificant(condition.above)}
              </Chip>
            )}
            {choices.length > 0 && <AddChip choices={choices} />}
          </span>
        </Popover.Anchor>
        <FloatingPart label="Only if another latent fires">
          <ConditionField edit={edit} condition={condition} context={context} onCondition={setCondition} />
        </FloatingPart>
      </Popover.Root>
    </div>
  );
}

type ChipProps = { readonly children: ReactNode; readonly onOpen?: () => void; readonly onRemove: () => void };

function Chip({ children, onOpen, onRemove }: ChipProps) {
  return (
    <span className="chip line">
      {onOpen === undefined ? (
        <span>{children}</span>
      ) : (
        <button type="button" className={styles["chiptext"]} onClick={onOpen}>
          {children}
        </button>
      )}
      <button type="button" aria-label="Remove" title="Remove" onClick={onRemove}>
        <X size={11} aria-hidden="true" />
      </button>
    </span>
  );
}

function Open({ children, ...rest }: { readonly children: ReactNode }) {
  return (
    <button type="button" className="chip line act" {...rest}>
      {children}
    </button>
  );
}

function ChipPopover({ label, chip, children }: { readonly label: string; readonly chip: ReactNode; readonly children: ReactNode }) {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>{chip}</Popover.Trigger>
      <FloatingPart label={label}>{children}</FloatingPart>
    </Popover.Root>
  );
}

function FloatingPart({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Popover.Portal>
      <Popover.Content className={styles["floating"]} aria-label={label} align="start" sideOffset={6} collisionPadding={8}>
        {children}
      </Popover.Content>
    </Popover.Portal>
  );
}

type Choice = { readonly label: string; readonly words: string; readonly onChoose: () => void };

function AddChip({ choices }: { readonly choices: readonly Choice[] }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="chip act" style={{ background: "none" }} aria-label="Restrict scope" title="Restrict scope">
          <Plus size={13} aria-hidden="true" />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={6} collisionPadding={8}>
          {choices.map(({ label, words, onChoose }) => (
            <DropdownMenu.Item key={label} asChild onSelect={onChoose}>
              <button type="button" className={styles["menuitem"]}>
                {label}
                <span className="dim small">{words}</span>
              </button>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
