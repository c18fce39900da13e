"use client";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { chosenCollection } from "@/components/collections/chosen-collection";
import { NormGauge } from "@/components/generation/norm-gauge";
import { OutputPanel } from "@/components/generation/output-panel";
import { StripPanel } from "@/components/generation/strip-panel";
import { useGeneration } from "@/components/generation/use-generation";
import { isSameLatent } from "@/components/latents/latent-href";
import { sheetHint, steerKeys } from "@/components/shell/page-keys";
import { Button } from "@/components/ui/button";
import { FilterChip } from "@/components/ui/chip";
import { ErrorNote } from "@/components/ui/error-note";
import { KeyStrip } from "@/components/ui/key-strip";
import { Skeleton } from "@/components/ui/skeleton";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { collectionsQuery } from "@/lib/client/latents";
import { modelsQuery } from "@/lib/client/models";
import { runQuery } from "@/lib/client/runs";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { RunDetail } from "@/lib/contract/run";
import { EditList } from "./edit-list";
import { PromptPanel } from "./prompt-panel";
import { PromptSuggestion } from "./prompt-suggestion";
import { requestOf } from "./steer-params";
import styles from "./steering.module.css";
import { useSteerParams } from "./use-steer-params";

/** What changes in the text when latents are edited. */
export function SteerScreen({ runId }: { readonly runId: string }) {
  const detail = useQuery(runQuery(runId));
  const collections = useQuery(collectionsQuery(runId));
  const failed = detail.error ?? collections.error;
  if (failed !== null && (detail.data === undefined || collections.data === undefined)) {
    return (
      <main className="page">
        <ErrorNote
          title="This run could not be read"
          actions={<Button onClick={() => void Promise.all([detail.refetch(), collections.refetch()])}>Try again</Button>}
        >
          {failed.message}
        </ErrorNote>
      </main>
    );
  }
  if (detail.data === undefined || collections.data === undefined) return <Waiting />;
  return <Workbench runId={runId} detail={detail.data} collections={collections.data} />;
}

type WorkbenchProps = { readonly runId: string; readonly detail: RunDetail; readonly collections: readonly CollectionSummary[] };

function Workbench({ runId, detail, collections }: WorkbenchProps) {
  const [params, setParams] = useSteerParams();
  const { generation, run, stop } = useGeneration(runId);
  const models = useQuery(modelsQuery());
  const collection = chosenCollection(collections, params.collectionId);
  const model = models.data?.find(({ id }) => id === detail.run.modelId);
  const useChatTemplate = (params.useChatTemplate ?? wasTrainedWithTemplate(detail)) && model?.hasChatTemplate !== false;
  const start = useCallback(() => run(requestOf(params, useChatTemplate)), [run, params, useChatTemplate]);
  useRunKey(start, params.prompt !== "");
  useShortcuts(generation.status === "running" ? { Escape: stop } : {});

  const moduleOf = (latent: LatentRef) => collection?.modules.find(({ name }) => name === latent.module);
  const nameOf = (latent: LatentRef) => {
    const module = moduleOf(latent);
    return module === undefined ? `${latent.module} ${latent.index}` : `${module.layer} ${module.projection} ${latent.index}`;
  };
  const colourMaxOf = (latent: LatentRef) => moduleOf(latent)?.colourMax ?? 0;
  const watch = (latent: LatentRef) => {
    if (params.watch.length < 16 && !params.watch.some((one) => isSameLatent(one, latent))) setParams({ watch: [...params.watch, latent] });
  };
  return (
    <>
      <main className={`page ${styles["two"]}`}>
        <div className={styles["left"]}>
          <div className={styles["prompt"]}>
            <PromptPanel
              params={params}
              onParams={setParams}
              useChatTemplate={useChatTemplate}
              hasChatTemplate={model?.hasChatTemplate ?? null}
              isRunning={generation.status === "running"}
              onRun={start}
              onStop={stop}
              requestText={() => JSON.stringify(requestOf(params, useChatTemplate), null, 2)}
              suggestion={
                collection !== null && (
                  <PromptSuggestion collectionId={collection.id} edits={params.edits} onPrompt={(prompt) => setParams({ prompt })} />
                )
              }
            />
          </div>
          <div className={styles["edited"]}>
            <EditList
              runId={runId}
              collection={collection}
              method={detail.run.method}
              modules={collection?.modules.map(({ name }) => name) ?? []}
              edits={params.edits}
              onEdits={(edits) => setParams({ edits })}
              onWatch={watch}
            >
              {params.watch.length > 0 && (
                <div className={styles["watched"]}>
                  <span className="small strong">Watched</span>
                  {params.watch.map((latent) => (
                    <FilterChip
                      key={`${latent.module} ${latent.index}`}
                      label={nameOf(latent)}
                      onRemove={() => setParams({ watch: params.watch.filter((one) => !isSameLatent(one, latent)) })}
                    />
                  ))}
                </div>
              )}
              <NormGauge generation={generation} />
            </EditList>
          </div>
        </div>
        <div className={styles["right"]}>
          <div className={styles["output"]}>
            {mayLackAdapter(detail) && (
              <ErrorNote tone="warn" title="This run is not finished">
                Until it keeps an adapter, only the base model can answer.
              </ErrorNote>
            )}
            <OutputPanel
              generation={generation}
              method={detail.run.method}
              editsOn={params.edits.filter((edit) => edit.isOn).length}
              coloured={params.coloured}
              onColoured={(coloured) => setParams({ coloured })}
              nameOf={nameOf}
              colourMaxOf={colourMaxOf}
            />
          </div>
          <div className={styles["strips"]}>
            <StripPanel generation={generation} nameOf={nameOf} colourMaxOf={colourMaxOf} />
          </div>
        </div>
      </main>
      <KeyStrip hints={[...steerKeys.hints, sheetHint]} />
    </>
  );
}

/** Control or command with Enter runs, wherever the focus is. */
function useRunKey(start: () => void, mayStart: boolean): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !mayStart) return;
      event.preventDefault();
      start();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [start, mayStart]);
}

function wasTrainedWithTemplate({ config }: RunDetail): boolean {
  return config.data.kind === "dataSet" && config.data.useChatTemplate;
}

function mayLackAdapter({ run }: RunDetail): boolean {
  return run.status !== "finished" && run.status !== "stopped";
}

function Waiting() {
  return (
    <main className={`page ${styles["two"]}`} aria-busy="true">
      <div className={styles["left"]}>
        <Skeleton height={220} />
        <Skeleton height={280} />
      </div>
      <Skeleton height={320} />
    </main>
  );
}
