"use client";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { chosenCollection } from "@/components/collections/chosen-collection";
import type { Steered, Steering } from "@/components/steering/steer-task";
import { useLimitedEdits } from "@/components/steering/use-limited-edits";
import { useAddressState } from "@/components/ui/address/use-address-state";
import { modelsQuery } from "@/lib/client/models";
import type { MakeImagesInput } from "@/lib/contract/make-images";
import type { ImageInput } from "@/lib/contract/model";
import { hasAdapter } from "@/lib/contract/run";
import {
  type DiffusionParams,
  diffusionParameters,
  diffusionParamsOf,
  diffusionValuesOf,
  readDiffusionParams,
  writeDiffusionParams,
} from "./diffusion-params";
import { type Making, useImages } from "./use-images";

export type DiffusionSteering = Steering & {
  readonly params: DiffusionParams;
  readonly setParams: (change: Partial<DiffusionParams>) => void;
  /** What the model makes; undefined where it is not known any more. */
  readonly made: ImageInput["denoises"];
  readonly making: Making;
  /** What would be sent now. */
  readonly request: MakeImagesInput;
  /** Whether what is shown is of other settings or edits. */
  readonly isStale: boolean;
};

/** All that the parts of the page share. */
export function useDiffusionSteering({ detail: { run }, collections }: Steered): DiffusionSteering {
  const [params, setState] = useAddressState(diffusionParameters, diffusionParamsOf, diffusionValuesOf);
  const [setParams, leftOut] = useLimitedEdits(setState);
  const models = useQuery(modelsQuery()).data;
  const { making, make, stop } = useImages(run.id);
  const made = models?.find(({ id }) => id === run.modelId)?.images?.denoises;
  const request = useMemo(() => requestOf(params), [params]);
  const start = () => {
    if (hasAdapter(run)) make(request);
  };
  const addressEnd = useCallback(() => writeDiffusionParams(params), [params]);
  const takeState = useCallback(
    (state: URLSearchParams) => {
      const taken = readDiffusionParams(state);
      setParams(taken);
      return writeDiffusionParams(taken);
    },
    [setParams],
  );
  return {
    ...{ params, setParams, leftOut, made, making, request, start, stop, addressEnd, takeState },
    collection: chosenCollection(collections, params.collectionId),
    isRunning: making.status === "running",
    isStale: making.request !== null && making.request !== request,
    shortcuts: {},
    watch: () => undefined,
    sent: { request, shell: { endpoint: "images", body: request } },
  };
}

function requestOf({ className, seed, images, steps, guidance, timesteps, edits }: DiffusionParams): MakeImagesInput {
  return {
    ...(className === null ? {} : { class: className }),
    ...{ seed, images, steps, guidance, edits: [...edits] },
    ...(timesteps === null ? {} : { editedTimesteps: timesteps }),
  };
}
