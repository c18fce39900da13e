"use client";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { History, Search, X } from "lucide-react";
import { Popover } from "radix-ui";
import { useDeferredValue, useState } from "react";
import { fromKept, type Generation } from "@/components/generation/takes/generation";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import floating from "@/components/ui/floating.module.css";
import { IconButton } from "@/components/ui/icon-button";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { LocalTime } from "@/components/ui/local-time";
import { startedAt } from "@/components/ui/moment";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/components/ui/use-now";
import { clearGenerations, generationQuery, generationsQuery, removeGeneration } from "@/lib/client/generations";
import { keys } from "@/lib/client/keys";
import type { KeptGeneration } from "@/lib/contract/steering";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { type ArmLooks, titleOf } from "./arm-titles";
import styles from "./generation.module.css";

type HistoryPopoverProps = {
  readonly runId: string;
  readonly method: ArmLooks["method"];
  readonly onOpen: (kept: Generation) => void;
};

/** The run's earlier generations, behind a button: search by prompt or text, open, remove. */
export function HistoryPopover({ runId, method, onOpen }: HistoryPopoverProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger asChild>
        <Button look="quiet" title="Earlier generations of this run">
          <History size={13} aria-hidden="true" />
          History
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={floating["popover"]} aria-label="History" align="end" sideOffset={6} collisionPadding={8}>
          <HistoryList
            runId={runId}
            method={method}
            onOpen={(kept) => {
              setIsOpen(false);
              onOpen(kept);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function HistoryList({ runId, method, onOpen }: HistoryPopoverProps) {
  const client = useQueryClient();
  // The list does not say which run the other one was.
  const looks: ArmLooks = { method, other: null };
  const [typed, setTyped] = useState("");
  const now = new Date(useNow(60_000));
  const search = useDeferredValue(typed.trim());
  const pages = useInfiniteQuery(generationsQuery(runId, search));
  const kept = pages.data?.pages.flatMap(({ generations }) => generations);
  const again = () => client.invalidateQueries({ queryKey: keys.generations(runId) });
  const remove = useMutation({ mutationFn: removeGeneration, onSuccess: again });
  const clear = useMutation({ mutationFn: () => clearGenerations(runId), onSuccess: again });
  const open = useMutation({
    mutationFn: (id: string) => client.fetchQuery(generationQuery(id)),
    onSuccess: (kept) => onOpen(fromKept(kept)),
  });
  const changeError = remove.error ?? clear.error ?? open.error;
  const total = pages.data?.pages.at(-1)?.total ?? 0;
  return (
    <div className={styles["history"]}>
      <div className="row between">
        <h3>History</h3>
        {total > 0 && search === "" && (
          <InlineConfirm
            label="Clear"
            size="dense"
            question={`Remove all ${formatInteger(total)}?`}
            confirmLabel="Remove"
            isBusy={clear.isPending}
            onConfirm={() => clear.mutate()}
          />
        )}
      </div>
      <label className={`search ${styles["find"]}`}>
        <Search size={14} aria-hidden="true" />
        <span className="vh">Search prompts and texts</span>
        <input
          value={typed}
          placeholder="Search prompts and texts"
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      {pages.error !== null && (
        <ErrorNote title="Could not load the history" actions={<Button onClick={() => void pages.refetch()}>Try again</Button>}>
          {messageOf(pages.error)}
        </ErrorNote>
      )}
      {changeError !== null && <ErrorNote title="Could not change or open the history">{messageOf(changeError)}</ErrorNote>}
      {kept === undefined && pages.error === null && <Skeleton height={160} />}
      {kept !== undefined && total === 0 && <p className="note">{search === "" ? "No generations yet." : "No matching prompt or text."}</p>}
      <ul>
        {kept?.map((one) => (
          <KeptRow
            key={one.id}
            kept={one}
            looks={looks}
            now={now}
            onOpen={() => open.mutate(one.id)}
            onRemove={() => remove.mutate(one.id)}
          />
        ))}
      </ul>
      {kept !== undefined && pages.hasNextPage && (
        <Button look="quiet" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          More, {formatInteger(kept.length)} of {formatInteger(total)} shown
        </Button>
      )}
    </div>
  );
}

type KeptRowProps = {
  readonly kept: KeptGeneration;
  readonly looks: ArmLooks;
  readonly now: Date;
  readonly onOpen: () => void;
  readonly onRemove: () => void;
};

function KeptRow({ kept, looks, now, onOpen, onRemove }: KeptRowProps) {
  return (
    <li className={`columns even gap-8 ${styles["kept"]}`}>
      <button type="button" className={`bare stack gap-0 ${styles["keptopen"]}`} onClick={onOpen}>
        <span className={`cut ${styles["keptprompt"]}`}>{kept.prompt || "(token ids)"}</span>
        {kept.arms.map(({ arm, text, tokens }) => (
          <span key={arm} className={`columns gap-8 ${styles["kepttext"]}`}>
            <span className="dim cut">{titleOf(arm, looks)}</span>
            <span className="cut" title={formatPlural(tokens, "token")}>
              {text.trim() || "(nothing)"}
            </span>
          </span>
        ))}
        <span className="tiny dim">
          <LocalTime at={kept.createdAt} format={(iso) => startedAt(iso, now)} />,{" "}
          {kept.editsOn === 0 ? "no edits" : formatPlural(kept.editsOn, "edit")}
          {kept.isForced ? ", forced" : ""}
        </span>
      </button>
      <IconButton label="Remove from the history" onClick={onRemove}>
        <X size={12} aria-hidden="true" />
      </IconButton>
    </li>
  );
}
