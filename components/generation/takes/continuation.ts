import type { ArmName, GenerateRequest } from "@/lib/contract/generate";
import type { KeptGenerationDetail } from "@/lib/contract/steering";
import { type ArmState, armNames, fromKept, type Generation } from "./generation";

/**
 * The request that continues each arm from its own tokens, with the edits, sampling and seed that it began with; null where no arm can: all have
 * ended by themselves, or nothing was written. Arms that have ended stay as they are.
 */
export function continuation(generation: Generation): GenerateRequest | null {
  const { request, status } = generation;
  if (request === null || status === "running" || status === "idle") return null;
  const arms = openArms(generation);
  if (arms.length === 0) return null;
  const length = isForced(generation) ? commonLength(generation, arms) : Number.POSITIVE_INFINITY;
  const continued: Partial<Record<ArmName, number[]>> = {};
  for (const arm of arms) {
    const ids = (generation.arms[arm]?.tokens ?? []).slice(0, length).map(({ id }) => id);
    continued[arm] = [...(request.continued?.[arm] ?? []), ...ids];
  }
  return { ...request, arms, continued };
}

/** The generation as it starts to continue; its tokens stay, and arms that read one text are at the same token again. */
export function resume(generation: Generation): Generation {
  const open = openArms(generation);
  const length = isForced(generation) ? commonLength(generation, open) : Number.POSITIVE_INFINITY;
  const arms = { ...generation.arms };
  for (const arm of open) {
    const state = arms[arm];
    if (state !== null) arms[arm] = { tokens: state.tokens.length > length ? state.tokens.slice(0, length) : state.tokens, end: null };
  }
  return { ...generation, status: "running", error: null, loading: null, tokensPerSecond: null, arms };
}

/** Joins the parts of a continued text, oldest first, as the history has them; null where one does not continue those before it. */
export function joinKept([first, ...later]: readonly KeptGenerationDetail[]): Generation | null {
  if (first === undefined) return null;
  return later.reduce<Generation | null>((before, part) => (before === null ? null : withPart(before, part)), fromKept(first));
}

function withPart(before: Generation, part: KeptGenerationDetail): Generation | null {
  const arms = { ...before.arms };
  for (const { arm, tokens, reason } of part.generated.arms) {
    const had = arms[arm];
    const length = (part.request.continued?.[arm]?.length ?? 0) - (before.request?.continued?.[arm]?.length ?? 0);
    if (had === null || length < 1 || length > had.tokens.length) return null;
    arms[arm] = { tokens: [...had.tokens.slice(0, length), ...tokens], end: reason };
  }
  return { ...before, arms, tokensPerSecond: part.generated.tokensPerSecond, keptIds: [...before.keptIds, part.id] };
}

/** Tokens that were written before those that are shown, of an arm that went on from them. */
export function earlierTokens({ request }: Generation): number {
  return Math.max(0, ...Object.values(request?.continued ?? {}).map((ids) => ids?.length ?? 0));
}

/** Arms that the limit, a stop or a failure ended, and not their own text. */
function openArms(generation: Generation): ArmName[] {
  if (isForced(generation)) {
    const forced = generation.request?.forced;
    if (forced === undefined || "text" in forced || !mayGoOn(generation.arms[forced.by])) return [];
    return armNames.filter((arm) => generation.arms[arm] !== null);
  }
  return armNames.filter((arm) => mayGoOn(generation.arms[arm]));
}

function mayGoOn(state: ArmState | null): boolean {
  if (state === null || state.tokens.length === 0) return false;
  return state.end === null || state.end === "maxTokens" || state.end === "stopped";
}

function isForced({ request }: Generation): boolean {
  return request?.forced !== undefined;
}

function commonLength({ arms }: Generation, names: readonly ArmName[]): number {
  return Math.min(...names.map((arm) => arms[arm]?.tokens.length ?? 0));
}
