"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { useCallback, useEffect, useMemo, useState } from "react";
import { sheetHint, textKeys } from "@/components/shell/page-keys";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { KeyStrip } from "@/components/ui/key-strip";
import { Panel } from "@/components/ui/panel";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { modelsQuery } from "@/lib/client/models";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import { latentKey } from "@/lib/contract/latent-key";
import { nounsOf } from "@/lib/contract/methods/methods";
import type { ReadTextInput, TextAnswer } from "@/lib/contract/read-text";
import { hasAdapter, type RunRecord } from "@/lib/contract/run";
import type { LatentMethod } from "@/lib/contract/run-config";
import { continuesText } from "@/lib/contract/tasks/tasks";
import { shownAlone } from "@/lib/contract/token-bytes";
import { AnswerBars } from "./answer-bars";
import { type ExampleText, ExampleTexts, useExampleTexts } from "./example-texts";
import { spanOf, type TokenSelection } from "./move-span";
import { RankedPanel } from "./ranked-panel";
import { rowId } from "./ranked-row";
import { ReadPanel } from "./read-panel";
import { readsPairs } from "./reads-pairs";
import styles from "./text.module.css";
import { requestOf, type Shading, type TextAddress, textNames, textParameters } from "./text-address";
import { TokenPanel } from "./token-panel";
import { nameOfRanked, refOfRanked } from "./use-listed-rows";
import { useOwnHeight } from "./use-own-height";
import { useRanking } from "./use-ranking";
import { useReading } from "./use-reading";
import { useShownLatent } from "./use-shown-latent";
import { useWords } from "./use-words";
import { WritePanel } from "./write-panel";

type TextWorkbenchProps = {
  readonly runId: string;
  readonly detail: RunRecord;
  readonly method: LatentMethod;
  readonly collection: CollectionSummary | null;
};

/** A text to write, its tokens over the page's width, and below them the latents that fire. */
export function TextWorkbench({ runId, detail, method, collection }: TextWorkbenchProps) {
  const [address, setAddress] = useQueryStates(textParameters, { urlKeys: textNames });
  const models = useQuery(modelsQuery());
  const model = models.data?.find(({ id }) => id === detail.run.modelId);
  const useChatTemplate = address.useChatTemplate && model?.hasChatTemplate !== false;
  const asked = (of: TextAddress): ReadTextInput => ({ ...requestOf(of), ...(collection === null ? {} : { collectionId: collection.id }) });
  const { reading, read, stop } = useReading(runId, address.text === "" || !hasAdapter(detail.run) ? null : asked(address));
  const [selection, setSelection] = useState<TokenSelection | null>(() =>
    address.span === null ? null : { anchor: address.span.from, head: address.span.to },
  );
  const pin = useCallback((latent: LatentRef | null) => void setAddress({ latent }), [setAddress]);
  const { shown, pointing } = useShownLatent(reading.readings, address.latent, pin);
  const start = (change: Partial<ExampleText> = {}) => {
    const next = { ...address, useChatTemplate, ...change };
    if (next.text === "") return;
    setSelection(null);
    pointing.onPoint(null);
    void setAddress({ span: null, latent: null });
    read(asked(next));
  };
  const examples = useExampleTexts(detail.config, hasAdapter(detail.run) && address.text === "");
  // What a person wrote is never replaced.
  const isOffered = hasAdapter(detail.run) && (address.text === "" || examples.some(({ text }) => text === address.text));
  const take = (example: ExampleText) => {
    void setAddress({ ...example });
    start(example);
  };

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
  const ranking = useRanking({ reading, collection, method, wanted: address.measure, span });
  const { ranked, colourMaxOf } = ranking;
  const { words, wordsReading } = useWords(collection?.id ?? null, reading, ranked);
  const labelOf = useCallback((name: string) => words.get(name)?.text ?? "", [words]);

  // A row removed from under the pointer sends no leave event.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list
  useEffect(() => pointing.onPoint(null), [ranked]);
  const latent = useMemo(
    () =>
      shown === null ? null : { ...shown, max: colourMaxOf(shown.reading), name: latentKey({ ...shown.reading, index: shown.index }) },
    [shown, colourMaxOf],
  );
  const step = (by: 1 | -1) => {
    const at = ranked.findIndex((one) => nameOfRanked(one) === pointing.pinned);
    const next = ranked[at < 0 ? 0 : Math.min(ranked.length - 1, Math.max(0, at + by))];
    if (next === undefined) return;
    pin(refOfRanked(next));
    document.getElementById(rowId(next))?.focus();
  };
  useShortcuts({ j: () => step(1), k: () => step(-1), ...(reading.status === "running" ? { Escape: stop } : {}) });

  const hasTokenLosses = continuesText(detail.config);
  // A text that is read whole has no losses of tokens.
  const plain = hasTokenLosses ? "loss" : "outputShare";
  const shading = latent !== null ? "latent" : address.shading === "loss" ? plain : address.shading;
  const shadeBy = (next: Shading) => {
    if (next === "latent") return;
    pin(null);
    void setAddress({ shading: next });
  };
  const ownHeight = useOwnHeight();
  const { noun } = nounsOf(method);
  const isRead = reading.status !== "idle";
  const chosenToken = span !== null && span.from === span.to ? span.from : null;
  const chosen = chosenToken === null ? undefined : reading.tokens[chosenToken];
  const chosenText = chosen && shownAlone(chosen);
  return (
    <>
      <main className={`page ${styles["layout"]}`}>
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
          examples={isOffered ? <ExampleTexts examples={examples} onTake={take} /> : null}
          isRunning={reading.status === "running"}
          onRead={() => start()}
          onStop={stop}
        />
        {reading.answer !== null && (
          <Panel title="Prediction">
            <AnswerBars answer={reading.answer} />
          </Panel>
        )}
        {isRead && (
          <div ref={ownHeight} className={styles["reading"]}>
            <ReadPanel
              reading={reading}
              shading={shading}
              onShading={shadeBy}
              latent={latent}
              selection={span === null ? null : selection}
              span={span}
              onSelection={select}
              strongestIn={ranking.strongestIn}
              colourMaxOf={colourMaxOf}
              labelOf={labelOf}
              pointing={pointing}
              onRetry={() => start()}
            />
          </div>
        )}
        {reading.readings.length === 0 ? (
          <section className="panel">
            <EmptyState title={isRead ? `The ${noun}s will appear here` : "What fires on your text?"}>
              {isRead
                ? "Module by module, as the worker reads the text."
                : `Paste a text or pick an example, then read it to see its tokens and, for any span of them, which ${noun}s fire, across all modules.`}
            </EmptyState>
          </section>
        ) : (
          <RankedPanel
            runId={runId}
            collectionId={collection?.id ?? null}
            ranked={ranked}
            words={words}
            wordsReading={wordsReading}
            measure={ranking.measure}
            onMeasure={(measure) => void setAddress({ measure })}
            facts={ranking.facts}
            span={span}
            noun={noun}
            tokens={reading.tokens.length}
            positions={ranking.positions}
            colourMaxOf={colourMaxOf}
            pointing={pointing}
          />
        )}
        {chosenToken !== null && chosenText !== undefined && reading.readings.length > 0 && (
          <TokenPanel
            runId={runId}
            collectionId={collection?.id ?? null}
            readings={reading.readings}
            token={chosenToken}
            text={chosenText}
            noun={noun}
            scaleOf={colourMaxOf}
          />
        )}
      </main>
      <KeyStrip hints={[...textKeys.hints, sheetHint]} />
    </>
  );
}

/** Names of the head's classes, once it has answered. */
function classesOf(answer: TextAnswer | null): readonly string[] {
  return answer?.kind === "classes" ? answer.classes.map(({ label }) => label) : [];
}
