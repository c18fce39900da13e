"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { chosenCollection } from "@/components/collections/chosen-collection";
import type { ArmLooks } from "@/components/generation/arm-titles";
import { type Forced, forcedFirst } from "@/components/generation/reading-switch";
import { type OwnRange, ownRange } from "@/components/generation/strips/own-range";
import type { LatentLooks } from "@/components/generation/strips/strips-of";
import type { GenerationStore } from "@/components/generation/takes/generation-store";
import { withSeed } from "@/components/generation/takes/takes";
import { useGenerationPart, useGenerationStore } from "@/components/generation/takes/use-generation";
import { latentName } from "@/components/latents/edit-words";
import { isSameLatent } from "@/components/latents/latent-href";
import type { Steered, Steering } from "@/components/steering/steer-task";
import { useLimitedEdits } from "@/components/steering/use-limited-edits";
import { useAddressState } from "@/components/ui/address/use-address-state";
import { keys } from "@/lib/client/keys";
import { modelsQuery } from "@/lib/client/models";
import { runsQuery } from "@/lib/client/runs";
import type { LatentRef } from "@/lib/contract/edit";
import type { GenerateRequest, PromptImage } from "@/lib/contract/generate";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { ModelSummary } from "@/lib/contract/model";
import type { RunRecord } from "@/lib/contract/run";
import {
  mostWatched,
  readSteerParams,
  type SteerParams,
  steerParameters,
  steerParamsOf,
  steerValuesOf,
  writeSteerParams,
} from "./steer-params";
import { requestOf, shellRequestOf, whyNot } from "./steer-request";
import { type NamedGeneration, useShownGeneration } from "./use-shown-generation";

export type TextSteering = Steering & {
  readonly params: SteerParams;
  readonly setParams: (change: Partial<SteerParams>) => void;
  readonly model: ModelSummary | undefined;
  readonly useChatTemplate: boolean;
  readonly store: GenerationStore;
  readonly named: NamedGeneration;
  /** In the prompt, of a model that reads images; in no address and no history. */
  readonly images: readonly PromptImage[];
  readonly setImages: (images: readonly PromptImage[]) => void;
  /** What would be sent now. */
  readonly request: GenerateRequest;
  readonly latents: LatentLooks;
  /** Of the arms that are shown. */
  readonly looks: ArmLooks;
  /** The adapter's own range, for the edits of what is shown. */
  readonly range: OwnRange | null;
  /** Runs with seeds from one on, one after another; the page keeps the first. */
  readonly startSeeds: (from: number, count: number) => void;
  readonly setForced: (forced: Forced) => void;
};

/** All that the parts of the page share; none of it changes from token to token. */
export function useTextSteering({ detail, method, collections }: Steered): TextSteering {
  const { run } = detail;
  const [params, setState] = useAddressState(steerParameters, steerParamsOf, steerValuesOf);
  const [setParams, leftOut] = useLimitedEdits(setState);
  const client = useQueryClient();
  const refresh = useCallback(() => void client.invalidateQueries({ queryKey: keys.generations(run.id) }), [client, run.id]);
  const store = useGenerationStore(run.id, refresh);
  const status = useGenerationPart(store, "status");
  const shown = useGenerationPart(store, "request");
  const named = useShownGeneration({ runId: run.id, store, params, setParams });
  const models = useQuery(modelsQuery());
  const runs = useQuery(runsQuery());
  const collection = chosenCollection(collections, params.collectionId);
  const model = models.data?.find(({ id }) => id === run.modelId);
  const useChatTemplate = (params.useChatTemplate ?? wasTrainedWithTemplate(detail)) && model?.hasChatTemplate !== false;
  const [images, setImages] = useState<readonly PromptImage[]>([]);
  const request = useMemo(() => requestOf(params, useChatTemplate, images), [params, useChatTemplate, images]);

  const start = () => {
    if (whyNot(params) === null) store.run(request);
  };
  const startSeeds = (from: number, count: number) => {
    setParams({ sampling: { ...params.sampling, seed: from } });
    store.run(...Array.from({ length: count }, (_, at) => withSeed(request, from + at)));
  };
  // What was generated before comes back at once; else what is on the page runs as it is now to be read.
  const setForced = (forced: Forced) => {
    const next = { ...params, forced: forced ?? null };
    setParams({ forced: next.forced });
    if (status !== "idle" && whyNot(next) === null) store.show(requestOf(next, useChatTemplate, images));
  };
  const addressEnd = useCallback(() => writeSteerParams(params), [params]);
  const takeState = useCallback(
    (state: URLSearchParams) => {
      const taken = readSteerParams(state);
      // The output shown belongs to the former state; a generation that the new one names is read from the history.
      store.clear();
      setParams(taken);
      return writeSteerParams(taken);
    },
    [store, setParams],
  );
  const watch = (latent: LatentRef) => {
    if (params.watch.length < mostWatched && !params.watch.some((one) => isSameLatent(one, latent)))
      setParams({ watch: [...params.watch, latent] });
  };
  const latents = useMemo(() => latentLooks(collection), [collection]);
  const otherRun = runs.data?.find(({ id }) => id === (shown?.otherRun ?? params.otherRun));
  const looks = useMemo<ArmLooks>(
    () => ({ method, other: otherRun === undefined ? null : { name: otherRun.name, method: otherRun.method } }),
    [method, otherRun],
  );
  const edits = shown?.edits ?? params.edits;
  const range = useMemo(() => ownRange(edits, collection?.modules ?? []), [edits, collection]);
  return {
    params,
    setParams,
    leftOut,
    collection,
    model,
    useChatTemplate,
    store,
    named,
    isRunning: status === "running",
    images,
    setImages,
    request,
    latents,
    looks,
    range,
    start,
    startSeeds,
    stop: store.stop,
    setForced,
    shortcuts: { f: () => setForced(params.forced === null ? forcedFirst(params.arms) : undefined) },
    watch,
    addressEnd,
    takeState,
    sent: { request, shell: shellRequestOf(request) },
  };
}

function latentLooks(collection: CollectionSummary | null): LatentLooks {
  const modules = new Map(collection?.modules.map((module) => [module.name, module]));
  return {
    nameOf: (latent) => {
      const module = modules.get(latent.module);
      return latentName(latent, module === undefined ? [] : [module]);
    },
    colourMaxOf: ({ module }) => modules.get(module)?.colourMax ?? 0,
  };
}

function wasTrainedWithTemplate({ config }: RunRecord): boolean {
  return config.data?.kind === "dataSet" && config.data.useChatTemplate;
}
