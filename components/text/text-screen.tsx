"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { chosenCollection } from "@/components/collections/chosen-collection";
import { NoLatentsNote } from "@/components/shell/no-latents-note";
import { sheetHint, textKeys } from "@/components/shell/page-keys";
import { FragmentAddress } from "@/components/ui/address/fragment-address";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { KeyStrip } from "@/components/ui/key-strip";
import { inPage, QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { collectionsQuery } from "@/lib/client/latents";
import { modelsQuery } from "@/lib/client/models";
import { runRecordQuery } from "@/lib/client/runs";
import type { CollectionSummary } from "@/lib/contract/latent";
import { latentKey } from "@/lib/contract/latent-key";
import { isLatentMethod, nounsOf } from "@/lib/contract/methods/methods";
import type { TextAnswer } from "@/lib/contract/read-text";
import { hasAdapter, type RunRecord } from "@/lib/contract/run";
import { continuesText } from "@/lib/contract/tasks/tasks";
import type { ModuleReading } from "./module-reading";
import { spanOf, type TokenSelection } from "./move-span";
import { type RankedLatent, rankLatents } from "./rank-latents";
import { type Attributed, RankedPanel } from "./ranked-panel";
import { ReadPanel } from "./read-panel";
import { readsPairs } from "./reads-pairs";
import styles from "./text.module.css";
import { requestOf, type Shading, textNames, textParameters } from "./text-address";
import { TokenPanel } from "./token-panel";
import { largestOf } from "./token-sums";
import { nameOfLatent } from "./use-listed-rows";
import { type Reading, useReading } from "./use-reading";
import { WritePanel } from "./write-panel";

const listed = 40;

/** What fires on a custom text, over all modules of a run's adapter. */
export function TextScreen({ runId }: { readonly runId: string }) {
  const detail = useQuery(runRecordQuery(runId));
  const collections = useQuery(collectionsQuery(runId));
  // A step of the router writes the address as the page is drawn: before, it is that of the page before.
  const [isArrived, setIsArrived] = useState(false);
  useEffect(() => setIsArrived(true), []);
  return (
    <QueryState query={detail} failure="Could not load this run" waiting={<Waiting />} frame={inPage}>
      {(data) => {
        const { method } = data.run;
        if (!isArrived || collections.isPending) return <Waiting />;
        if (!isLatentMethod(method)) return <NoLatentsNote runId={runId} method={method} />;
        return (
          <FragmentAddress parameters={textParameters} urlKeys={textNames} isPrivate>
            <Workbench runId={runId} detail={data} collection={chosenCollection(collections.data ?? [], null)} />
          </FragmentAddress>
        );
      }}
    </QueryState>
  );
}

function Waiting() {
  return (
    <main className={`page ${styles["layout"]}`} aria-busy="true">
      <div className={`stack wide ${styles["column"]}`}>
        <Skeleton height={260} />
      </div>
      <div className={styles["ranking"]}>
        <Skeleton height={420} />
      </div>
    </main>
  );
}

type WorkbenchProps = { readonly runId: string; readonly detail: RunRecord; readonly collection: CollectionSummary | null };

function Workbench({ runId, detail, collection }: WorkbenchProps) {
  const [address, setAddress] = useQueryStates(textParameters, { urlKeys: textNames });
  const { reading, read, stop } = useReading(runId, address.text === "" || !hasAdapter(detail.run) ? null : requestOf(address));
  const hasTokenLosses = continuesText(detail.config);
  const models = useQuery(modelsQuery());
  const model = models.data?.find(({ id }) => id === detail.run.modelId);
  const useChatTemplate = address.useChatTemplate && model?.hasChatTemplate !== false;
  const request = requestOf({ ...address, useChatTemplate });
  const start = () => {
    if (address.text === "") return;
    setSelection(null);
    setShown(null);
    read(request);
  };
  const [selection, setSelection] = useState<TokenSelection | null>(() =>
    address.span === null ? null : { anchor: address.span.from, head: address.span.to },
  );
  const [shown, setShown] = useState<RankedLatent | null>(null);
  const [isByLatent, setIsByLatent] = useState(false);

  const last = reading.tokens.length - 1;
  const span = useMemo(() => {
    if (selection === null || last < 0) return null;
    const { from, to } = spanOf(selection);
    return from > last ? null : { from, to: Math.min(to, last) };
  }, [selection, last]);
  const select = (next: TokenSelection | null) => {
    setSelection(next);
    void setAddress({ span: next === null ? null : spanOf(next) });
  };

  const colourMaxes = useMemo(() => new Map(collection?.modules.map(({ name, colourMax }) => [name, colourMax])), [collection]);
  const scaleOf = useCallback((module: string) => colourMaxes.get(module) ?? 1, [colourMaxes]);
  const colourMaxOf = useCallback((one: ModuleReading) => colourMaxes.get(one.module) ?? largestOf(one.activations), [colourMaxes]);
  const hasAttribution = reading.readings.some(({ attributions }) => attributions !== null);
  const measure = address.measure === "attribution" && !hasAttribution ? "outputShare" : address.measure;
  // Typing and dragging go before the ranking of half a million entries.
  const wanted = useDeferredValue(
    useMemo(() => ({ readings: reading.readings, span, last, measure }), [reading.readings, span, last, measure]),
  );
  const ranked = useMemo(
    () =>
      wanted.last < 0 ? [] : rankLatents(wanted.readings, wanted.span ?? { from: 0, to: wanted.last }, wanted.measure, scaleOf, listed),
    [wanted, scaleOf],
  );
  const { noun } = nounsOf(detail.run.method);
  const latent = useMemo(
    () =>
      shown === null
        ? null
        : {
            reading: shown.reading,
            index: shown.index,
            max: colourMaxOf(shown.reading),
            name: latentKey({ ...shown.reading, index: shown.index }),
          },
    [shown, colourMaxOf],
  );
  const shadeBy = (next: Shading) => {
    setIsByLatent(next === "latent");
    void setAddress({ shading: next === "latent" ? null : next });
  };
  const show = (next: RankedLatent) => {
    setShown(next);
    shadeBy("latent");
  };
  const step = (by: 1 | -1) => {
    const at = ranked.findIndex((one) => shown !== null && one.reading.module === shown.reading.module && one.index === shown.index);
    const next = ranked[at < 0 ? 0 : Math.min(ranked.length - 1, Math.max(0, at + by))];
    if (next !== undefined) show(next);
  };
  useShortcuts({ j: () => step(1), k: () => step(-1), ...(reading.status === "running" ? { Escape: stop } : {}) });

  const chosenToken = span !== null && span.from === span.to ? span.from : null;
  const chosenText = chosenToken === null ? undefined : reading.tokens[chosenToken]?.text;
  // A text that is read whole has no losses of tokens.
  const plain = hasTokenLosses ? "loss" : "outputShare";
  const written = address.shading === "loss" ? plain : address.shading;
  const shading = isByLatent ? (latent === null ? plain : "latent") : written;
  const isRead = reading.status !== "idle";
  const isChanged = !isRead || JSON.stringify(request) !== JSON.stringify(reading.request);
  return (
    <>
      <main className={`page ${styles["layout"]}`}>
        <div className={`stack wide ${styles["column"]}`}>
          {!hasAdapter(detail.run) && (
            <ErrorNote tone="warn" title="This run is not finished">
              It has no adapter yet.
            </ErrorNote>
          )}
          <WritePanel
            address={{ ...address, useChatTemplate }}
            onAddress={(change) => void setAddress(change)}
            hasChatTemplate={model?.hasChatTemplate ?? null}
            reads={hasTokenLosses ? "tokens" : readsPairs(detail) ? "pairs" : "whole"}
            classes={classesOf(reading.answer)}
            isRunning={reading.status === "running"}
            isChanged={isChanged}
            onRead={start}
            onStop={stop}
          />
          {isRead && (
            <ReadPanel
              reading={reading}
              shading={shading}
              onShading={shadeBy}
              latent={latent}
              selection={span === null ? null : selection}
              span={span}
              onSelection={select}
              onRetry={start}
            />
          )}
        </div>
        <div className={styles["ranking"]}>
          {reading.readings.length === 0 ? (
            <section className="panel">
              <EmptyState title={isRead ? `The ${noun}s come here` : "What fires on your text?"}>
                {isRead
                  ? "Module by module, as the worker has read them."
                  : `Paste a text and read it: its tokens, and for any span of them the ${noun}s of all modules by activation, share of output and attribution.`}
              </EmptyState>
            </section>
          ) : (
            <RankedPanel
              runId={runId}
              collectionId={collection?.id ?? null}
              ranked={ranked}
              measure={measure}
              onMeasure={(next) => void setAddress({ measure: next })}
              attributed={hasAttribution ? attributedOf(reading) : null}
              span={span}
              noun={noun}
              isScaled={collection !== null}
              shownLatent={shown === null ? null : nameOfLatent({ module: shown.reading.module, index: shown.index })}
              onShow={show}
            />
          )}
        </div>
        {chosenToken !== null && chosenText !== undefined && reading.readings.length > 0 && (
          <div className={styles["attoken"]}>
            <TokenPanel
              runId={runId}
              collectionId={collection?.id ?? null}
              readings={reading.readings}
              token={chosenToken}
              text={chosenText}
              noun={noun}
              scaleOf={colourMaxOf}
            />
          </div>
        )}
      </main>
      <KeyStrip hints={[...textKeys.hints, sheetHint]} />
    </>
  );
}

/** What attributions are of: the text's own loss, that of a class, or a number. */
function attributedOf({ answer, attributedTo }: Reading): Attributed {
  if (answer === null) return { kind: "text" };
  return attributedTo === null ? { kind: "number" } : { kind: "class", name: attributedTo };
}

/** Names of the head's classes, once it has answered. */
function classesOf(answer: TextAnswer | null): readonly string[] {
  return answer?.kind === "classes" ? answer.classes.map(({ label }) => label) : [];
}
