import type { ArmName } from "@/lib/contract/generate";
import { type ForcedRequest, type ForcedToken, readForcedInParts } from "@/server/engine/generation/forced";
import type { CausalModel } from "@/server/engine/models/causal-model";

/** All that `readForcedInParts` gives, by arm. */
export function readForced(model: CausalModel, request: ForcedRequest): Map<ArmName, ForcedToken[]> {
  const read = new Map(request.arms.map(({ name }): [ArmName, ForcedToken[]] => [name, []]));
  for (const part of readForcedInParts(model, request)) {
    for (const [name, tokens] of part) for (const token of tokens) read.get(name)?.push(token);
  }
  return read;
}
