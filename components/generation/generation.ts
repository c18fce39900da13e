import type { LatentRef } from "@/lib/contract/edit";
import type { ArmName, GeneratedToken, GenerateEvent } from "@/lib/contract/generate";

export type ArmEnd = Extract<GenerateEvent, { kind: "armEnd" }>["reason"];
export type ArmState = { readonly tokens: readonly GeneratedToken[]; readonly end: ArmEnd | null };

/** One prompt as it is answered by several arms: what has come so far. */
export type Generation = {
  readonly status: "idle" | "running" | "done" | "stopped" | "failed";
  /** What the worker does before the first token. */
  readonly loading: string | null;
  readonly error: string | null;
  readonly promptTokens: readonly { readonly text: string }[];
  /** Latents whose activations the tokens carry, in that order. */
  readonly watched: readonly LatentRef[];
  readonly arms: { readonly [arm in ArmName]: ArmState | null };
  readonly tokensPerSecond: number | null;
};

export const nothingGenerated: Generation = {
  status: "idle",
  loading: null,
  error: null,
  promptTokens: [],
  watched: [],
  arms: { base: null, adapter: null, edited: null },
  tokensPerSecond: null,
};

export const armNames: readonly ArmName[] = ["base", "adapter", "edited"];

export function begin(arms: readonly ArmName[]): Generation {
  const fresh = (arm: ArmName): ArmState | null => (arms.includes(arm) ? { tokens: [], end: null } : null);
  return { ...nothingGenerated, status: "running", arms: { base: fresh("base"), adapter: fresh("adapter"), edited: fresh("edited") } };
}

/** The generation after some events of its stream. */
export function receive(generation: Generation, events: readonly GenerateEvent[]): Generation {
  return events.reduce(receiveOne, generation);
}

/** The reader left before the end. What has come stays. */
export function stop(generation: Generation): Generation {
  return generation.status === "running" ? { ...generation, status: "stopped", loading: null } : generation;
}

export function fail(generation: Generation, error: string): Generation {
  return { ...generation, status: "failed", loading: null, error };
}

function receiveOne(generation: Generation, event: GenerateEvent): Generation {
  switch (event.kind) {
    case "loading":
      return { ...generation, loading: event.message };
    case "start":
      return { ...generation, loading: null, promptTokens: event.promptTokens, watched: event.watched };
    case "token": {
      const arm = generation.arms[event.arm] ?? { tokens: [], end: null };
      return { ...generation, loading: null, arms: { ...generation.arms, [event.arm]: { ...arm, tokens: [...arm.tokens, event.token] } } };
    }
    case "armEnd": {
      const arm = generation.arms[event.arm] ?? { tokens: [], end: null };
      return { ...generation, arms: { ...generation.arms, [event.arm]: { ...arm, end: event.reason } } };
    }
    case "end":
      return { ...generation, status: "done", tokensPerSecond: event.tokensPerSecond };
    case "error":
      return fail(generation, event.message);
  }
}
