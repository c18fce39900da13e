import type { CausalModel } from "@/server/engine/models/causal-model";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import type { GenerationEvent, GenerationRequest } from "./generation-request";
import { freeGeneration, isOver, startGeneration, stepGenerations } from "./running-generation";

/**
 * Continues one prompt in several arms at once over one base model: one forward pass a step serves them all. The arms draw from equal random
 * streams. Whoever iterates may stop at any time; the caches are then freed.
 *
 * @returns readings of the prompt if requested, then tokens in the order of the arms, step by step, and each arm's end
 * @throws RangeError as `startGeneration`, or when a logit is not a number
 */
export function* generate(model: CausalModel, tokenizer: Tokenizer, request: GenerationRequest): Generator<GenerationEvent, void> {
  const generation = startGeneration(model, tokenizer, request);
  try {
    yield* generation.opening;
    while (!isOver(generation)) {
      const [outcome] = stepGenerations(model, [generation]);
      if (outcome === undefined) return;
      if (outcome.kind === "failed") throw outcome.error;
      yield* outcome.events;
    }
  } finally {
    freeGeneration(generation);
  }
}
