"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { joinKept } from "@/components/generation/takes/continuation";
import { fromKept } from "@/components/generation/takes/generation";
import type { GenerationStore } from "@/components/generation/takes/generation-store";
import { useGenerationPart } from "@/components/generation/takes/use-generation";
import { isSame } from "@/components/ui/is-same";
import { generationQuery } from "@/lib/client/generations";
import { keys } from "@/lib/client/keys";
import type { SteerParams } from "./steer-params";
import { paramsOf } from "./steer-request";

type ShownGenerationInput = {
  readonly runId: string;
  readonly store: GenerationStore;
  readonly params: SteerParams;
  readonly setParams: (change: Partial<SteerParams>) => void;
};

/** Whether the generation that the address names is still being read, or could not be. */
export type NamedGeneration = { readonly isComing: boolean; readonly error: Error | null; readonly retry: () => void };

/** Keeps the shown generation in the address; a page that opens with such an address shows it from the history instead of generating it again. */
export function useShownGeneration({ runId, store, params, setParams }: ShownGenerationInput): NamedGeneration {
  const client = useQueryClient();
  const status = useGenerationPart(store, "status");
  const keptIds = useGenerationPart(store, "keptIds");
  const { generationIds } = params;
  const isWanted = status === "idle" && generationIds.length > 0;
  const found = useQuery({
    queryKey: [...keys.generations(runId), "whole", generationIds],
    queryFn: async () => {
      const parts = await Promise.all(generationIds.map((id) => client.fetchQuery(generationQuery(id))));
      const last = parts.at(-1);
      if (last === undefined || parts.some((part) => part.runId !== runId)) throw new Error("It is not in the history of this run.");
      return joinKept(parts) ?? fromKept(last);
    },
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const read = isWanted ? found.data : undefined;
  const isBare = params.prompt === "" && params.edits.length === 0;
  useEffect(() => {
    if (read === undefined) return;
    store.open(read);
    const asked = read.request === null ? null : paramsOf(read.request);
    if (isBare && asked !== null) setParams(asked);
  }, [read, store, isBare, setParams]);
  useEffect(() => {
    if (status === "idle") return;
    const shown = status === "running" ? [] : keptIds;
    if (!isSame(shown, generationIds)) setParams({ generationIds: shown });
  }, [status, keptIds, generationIds, setParams]);
  return { isComing: isWanted && found.error === null, error: isWanted ? found.error : null, retry: () => void found.refetch() };
}
