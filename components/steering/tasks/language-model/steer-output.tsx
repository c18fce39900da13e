"use client";
import { useMemo } from "react";
import { HistoryPopover } from "@/components/generation/history-popover";
import { OutputActions } from "@/components/generation/output-actions";
import { OutputPanel } from "@/components/generation/output-panel";
import { ReadingSwitch } from "@/components/generation/reading-switch";
import { showTake, type Takes } from "@/components/generation/takes/takes";
import { useTakes } from "@/components/generation/takes/use-generation";
import type { PartProps } from "@/components/steering/steer-task";
import styles from "@/components/steering/steering.module.css";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { LocalTime } from "@/components/ui/local-time";
import { startedAt } from "@/components/ui/moment";
import { useNow } from "@/components/ui/use-now";
import { paramsOf } from "./steer-request";
import type { TextSteering } from "./use-text-steering";

/** What the arms write, with the ways to read, continue and find it again. */
export function SteerOutput({ detail: { run }, steering }: PartProps<TextSteering>) {
  const { params, setParams, store, latents, looks, request } = steering;
  const takes = useTakes(store);
  const generation = showTake(takes);
  const asked = generation.request;
  const isChanged = useMemo(() => asked !== null && JSON.stringify(asked) !== JSON.stringify(request), [asked, request]);
  const ownText = (generation.arms.adapter ?? generation.arms.base)?.tokens.filter(({ isSpecial }) => isSpecial !== true) ?? [];
  return (
    <OutputPanel
      generation={generation}
      isComing={steering.named.isComing}
      looks={looks}
      chosen={params.arms}
      {...latents}
      coloured={params.coloured}
      onColoured={(coloured) => setParams({ coloured })}
      compared={params.compared}
      onCompared={(compared) => setParams({ compared })}
      controls={
        <>
          <ReadingSwitch
            forced={params.forced ?? undefined}
            onForced={steering.setForced}
            arms={params.arms}
            looks={looks}
            ownText={ownText.map(({ text }) => text).join("")}
          />
          <HistoryPopover runId={run.id} method={looks.method} onOpen={store.open} />
        </>
      }
      notice={<Notice steering={steering} takes={takes} isChanged={isChanged} />}
      actions={<OutputActions store={store} takes={takes} isChanged={isChanged && generation.keptAt === null} />}
    />
  );
}

type NoticeProps = { readonly steering: TextSteering; readonly takes: Takes; readonly isChanged: boolean };

/** Says where the output comes from if it was not generated on this visit. */
function Notice(props: NoticeProps) {
  const { named } = props.steering;
  const { keptAt } = showTake(props.takes);
  if (keptAt !== null) return <KeptNotice {...props} keptAt={keptAt} />;
  if (named.error === null) return null;
  return (
    <div className="body">
      <ErrorNote
        tone="warn"
        title="Could not show the generation in this link"
        actions={
          <Button size="dense" onClick={named.retry}>
            Retry
          </Button>
        }
      >
        {named.error.message} Run it again to see its output.
      </ErrorNote>
    </div>
  );
}

/** Says that this is an old one, and takes what it was asked with into the page. */
function KeptNotice({ steering, takes, isChanged, keptAt }: NoticeProps & { readonly keptAt: string }) {
  const { store, setParams } = steering;
  const { request } = showTake(takes);
  const restored = request === null ? null : paramsOf(request);
  const now = new Date(useNow(60_000));
  const previous = takes.list.findLast(({ generation }) => generation.keptAt === null);
  return (
    <div className={styles["notice"]}>
      <span>
        From the history, <LocalTime at={keptAt} format={(iso) => startedAt(iso, now)} />.
      </span>
      <span className="grow" />
      <Button
        size="dense"
        disabled={restored === null || !isChanged}
        title={
          restored === null
            ? "Unavailable: the request used chat turns or token ids"
            : isChanged
              ? "Prompt, arms, edits, sampling and watched latents"
              : "The page already has these settings"
        }
        onClick={() => restored !== null && setParams(restored)}
      >
        Restore settings
      </Button>
      {previous !== undefined && (
        <Button look="quiet" size="dense" onClick={() => store.choose(previous.key)}>
          Back
        </Button>
      )}
    </div>
  );
}
