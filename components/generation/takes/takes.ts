import type { GenerateRequest } from "@/lib/contract/generate";
import { type Generation, nothingGenerated } from "./generation";

/** One generation of this visit, by a number of its own. */
export type Take = { readonly key: number; readonly generation: Generation };

/** What this visit has generated, oldest first, and which one is shown. */
export type Takes = { readonly list: readonly Take[]; readonly shown: number | null };

export const noTakes: Takes = { list: [], shown: null };

/** Takes kept in the page; older ones are in the run's history. */
const mostTakes = 12;

/** Adds a generation and shows it; an earlier one of the same request gives way. */
export function addTake({ list }: Takes, key: number, generation: Generation): Takes {
  const asked = keyOfRequest(generation.request);
  const others = list.filter((take) => take.key !== key && keyOfRequest(take.generation.request) !== asked);
  return { list: [...others, { key, generation }].slice(-mostTakes), shown: key };
}

export function changeTake(takes: Takes, key: number, change: (before: Generation) => Generation): Takes {
  return { ...takes, list: takes.list.map((take) => (take.key === key ? { key, generation: change(take.generation) } : take)) };
}

export function chooseTake(takes: Takes, key: number): Takes {
  return takes.list.some((take) => take.key === key) ? { ...takes, shown: key } : takes;
}

export function shownTake({ list, shown }: Takes): Take | undefined {
  return list.find(({ key }) => key === shown);
}

export function showTake(takes: Takes): Generation {
  return shownTake(takes)?.generation ?? nothingGenerated;
}

/** The take that answered the very same request to its end. */
export function takeOf({ list }: Takes, request: GenerateRequest): Take | undefined {
  const asked = keyOfRequest(request);
  return list.find(({ generation }) => generation.status === "done" && keyOfRequest(generation.request) === asked);
}

/** The shown take and those that differ from it in their seed alone, by seed; one alone when there are no others. */
export function seedsOf(takes: Takes): { readonly key: number; readonly seed: number }[] {
  const request = shownTake(takes)?.generation.request;
  if (request === undefined || request === null) return [];
  const asked = keyOfRequest(withSeed(request, 0));
  return takes.list
    .flatMap(({ key, generation }) => (generation.request === null ? [] : [{ key, request: generation.request }]))
    .filter((take) => keyOfRequest(withSeed(take.request, 0)) === asked)
    .map((take) => ({ key: take.key, seed: take.request.sampling.seed }))
    .sort((a, b) => a.seed - b.seed);
}

export function withSeed(request: GenerateRequest, seed: number): GenerateRequest {
  return { ...request, sampling: { ...request.sampling, seed } };
}

function keyOfRequest(request: GenerateRequest | null): string {
  return JSON.stringify(request);
}
