import type { LatentRef } from "@/lib/contract/edit";
import type { ArmName, EndReason, GeneratedToken, GenerateEvent, GenerateRequest } from "@/lib/contract/generate";
import type { WeightPrecision } from "@/lib/contract/run-config";
import type { KeptGenerationDetail } from "@/lib/contract/steering";

export type ArmState = { readonly tokens: readonly GeneratedToken[]; readonly end: EndReason | null };

/** One prompt as it is answered by several arms: what has come so far. */
export type Generation = {
  readonly status: "idle" | "running" | "done" | "stopped" | "failed";
  /** What was asked for; null before anything is. */
  readonly request: GenerateRequest | null;
  /** What the worker does before the first token. */
  readonly loading: string | null;
  readonly error: string | null;
  readonly promptTokens: readonly { readonly text: string; readonly id: number }[];
  /** Latents whose activations the tokens carry, in that order. */
  readonly watched: readonly LatentRef[];
  readonly arms: { readonly [arm in ArmName]: ArmState | null };
  readonly tokensPerSecond: number | null;
  /** In what new tokens are computed; null before it is known, and of old ones of the history. */
  readonly precision: WeightPrecision | null;
  /** When it was kept, for one that was opened from the history. */
  readonly keptAt: string | null;
  /** Ids of its parts in the history: the first generation, then each continuation. */
  readonly keptIds: readonly string[];
};

/** In the order in which arms stand on the page. */
export const armNames: readonly ArmName[] = ["base", "adapter", "edited", "other"];

const noArms: Generation["arms"] = { base: null, adapter: null, edited: null, other: null };

export const nothingGenerated: Generation = {
  status: "idle",
  request: null,
  loading: null,
  error: null,
  promptTokens: [],
  watched: [],
  arms: noArms,
  tokensPerSecond: null,
  precision: null,
  keptAt: null,
  keptIds: [],
};

export function begin(request: GenerateRequest): Generation {
  const arms = { ...noArms };
  for (const arm of request.arms) arms[arm] = { tokens: [], end: null };
  return { ...nothingGenerated, status: "running", request, arms };
}

/** A generation as the history has it. */
export function fromKept({ id, request, generated, createdAt }: KeptGenerationDetail): Generation {
  const arms = { ...noArms };
  for (const { arm, tokens, reason } of generated.arms) arms[arm] = { tokens, end: reason };
  const { promptTokens, watched, tokensPerSecond, precision = null } = generated;
  const asked = { ...nothingGenerated, request, promptTokens, watched, arms };
  return { ...asked, status: "done", tokensPerSecond, precision, keptAt: createdAt, keptIds: [id] };
}

/** The generation after some events of its stream; the tokens of each arm are copied once. */
export function receive(generation: Generation, events: readonly GenerateEvent[]): Generation {
  const came = new Map<ArmName, GeneratedToken[]>();
  let after = generation;
  for (const event of events) {
    if (event.kind !== "token") continue;
    const tokens = came.get(event.arm);
    if (tokens === undefined) came.set(event.arm, [event.token]);
    else tokens.push(event.token);
  }
  if (came.size > 0) {
    const arms = { ...after.arms };
    for (const [arm, tokens] of came) arms[arm] = { tokens: [...(arms[arm]?.tokens ?? []), ...tokens], end: arms[arm]?.end ?? null };
    after = { ...after, loading: null, arms };
  }
  return events.reduce(receiveOther, after);
}

/** The reader left before the end. What has come stays. */
export function stop(generation: Generation): Generation {
  return generation.status === "running" ? { ...generation, status: "stopped", loading: null } : generation;
}

export function fail(generation: Generation, error: string): Generation {
  return { ...generation, status: "failed", loading: null, error };
}

/** How many tokens an arm may have at its end, as far as the request says it. */
export function expectedTokens({ request }: Generation): number {
  if (request === null) return 0;
  const { forced, sampling } = request;
  if (forced !== undefined && "text" in forced) return Math.ceil(forced.text.length / 4);
  return sampling.maxTokens;
}

/** What an event tells besides tokens. */
function receiveOther(generation: Generation, event: GenerateEvent): Generation {
  switch (event.kind) {
    case "loading":
      return { ...generation, loading: event.message };
    case "start":
      return { ...generation, loading: null, promptTokens: event.promptTokens, watched: event.watched, precision: event.precision };
    case "armEnd": {
      const arm = generation.arms[event.arm] ?? { tokens: [], end: null };
      return { ...generation, arms: { ...generation.arms, [event.arm]: { ...arm, end: event.reason } } };
    }
    case "end":
      return {
        ...generation,
        status: "done",
        loading: null,
        tokensPerSecond: event.tokensPerSecond,
        keptIds: event.generation === undefined ? [] : [...generation.keptIds, event.generation],
      };
    case "error":
      return fail(generation, event.message);
    case "prompt":
    case "token":
      return generation;
  }
}
