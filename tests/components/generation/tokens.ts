import type { GeneratedToken, GenerateRequest } from "@/lib/contract/generate";
import { generateRequest } from "@/lib/contract/generate";

/** A token ` w7` by its id, of which nothing else is known. */
export function token(id: number, change: Partial<GeneratedToken> = {}): GeneratedToken {
  return { text: ` w${id}`, id, logProbability: -0.5, klToBase: null, klToAdapter: null, activations: [], injectedNorm: null, ...change };
}

export function requestOf(change: Partial<GenerateRequest> = {}): GenerateRequest {
  return { ...generateRequest.parse({ prompt: "once" }), ...change };
}
