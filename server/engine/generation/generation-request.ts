import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { ArmName, GenerateEvent, GenerateRequest, SamplingSettings } from "@/lib/contract/generate";
import type { Trained } from "@/server/engine/adapters/trained";
import type { Images } from "@/server/engine/models/images";
import { demandWatched } from "./watch";

/** One continuation of the prompt: the base model alone, with an adapter, or with an adapter and edits. */
export type GenerationArm = {
  readonly name: ArmName;
  readonly adapter?: Trained | undefined;
  readonly edits?: readonly Edit[] | undefined;
};

export type GenerationRequest = {
  readonly promptIds: readonly number[];
  /** Those that stand at the prompt's image tokens, in their order. */
  readonly images?: Images | undefined;
  /** Each name once. */
  readonly arms: readonly GenerationArm[];
  readonly sampling: SamplingSettings;
  /** Latents whose activations are reported, as `watchedLatents` gives them. */
  readonly watch: readonly LatentRef[];
  /** All arms read one text, as in the contract; without it each continues its own. */
  readonly forced?: GenerateRequest["forced"];
  /**
   * Token ids that arms wrote before and continue from; where an arm leads the others, all continue from what it wrote. They are read at once with the
   * prompt: an arm that decodes in float32 writes what it would have written in one request, one that decodes in bfloat16 up to that rounding.
   */
  readonly continued?: GenerateRequest["continued"];
  readonly promptLogProbabilities?: boolean;
  readonly topLogProbabilities?: number;
  /** Whether an end-of-text token ends an arm; true unless said otherwise. */
  readonly endsAtEndOfText?: boolean;
};

export type GenerationEvent = Extract<GenerateEvent, { kind: "prompt" | "token" | "armEnd" }>;

/** What the arm has written before this request. */
export function earlierIds({ forced, continued }: GenerationRequest, arm: ArmName): readonly number[] {
  return continued?.[forced !== undefined && "by" in forced ? forced.by : arm] ?? [];
}

/** @throws RangeError when the prompt is empty or longer than the context, an arm is named twice or missing, or a watched latent does not exist */
export function demandRequest(request: GenerationRequest, contextLength: number): void {
  const { promptIds, arms, watch, forced, continued } = request;
  const names = arms.map(({ name }) => name);
  if (promptIds.length === 0) throw new RangeError("the prompt has no tokens");
  if (new Set(names).size !== names.length || names.length === 0)
    throw new RangeError("arms need distinct names, and at least one is needed");
  if (forced !== undefined && "by" in forced && !names.includes(forced.by)) {
    throw new RangeError(`the arm ${forced.by} leads the others, but is not among ${names.join(", ")}`);
  }
  if (forced !== undefined && "text" in forced && Object.keys(continued ?? {}).length > 0) {
    throw new RangeError("a given text is read right after the prompt, so it cannot be continued");
  }
  for (const name of names) {
    const length = promptIds.length + earlierIds(request, name).length;
    if (length > contextLength) throw new RangeError(`the prompt has ${length} tokens, but the model's context is ${contextLength}`);
  }
  demandWatched(
    watch,
    arms.flatMap(({ adapter }) => (adapter === undefined ? [] : [adapter])),
  );
}
