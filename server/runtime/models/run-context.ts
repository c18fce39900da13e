import { dependsOnContext } from "@/lib/contract/architectures/long-context";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { type ReadRow, tokensOf } from "@/server/runtime/rows/read-row";
import { type BaseModel, type LoadedBase, textBase } from "./load-base-model";

/** The name under which a run's provenance has the context. */
const recordName = "context";

/** What a run records of its longest row; nothing where the model's rotary scaling does not depend on it. */
export function contextRecord({ config }: CausalModel, tokens: number): Record<string, string> {
  return dependsOnContext(config) ? { [recordName]: String(tokens) } : {};
}

/** The base model with the rotary scaling that a run recorded; as it is where the run recorded none. */
export function inRecordedContext(base: LoadedBase, provenance: Readonly<Record<string, string>>): LoadedBase {
  const [text, recorded] = [textBase(base), provenance[recordName]];
  return text === undefined || recorded === undefined ? base : inContext(text, Number(recorded));
}

/** The base model with rotary scaling chosen for texts of up to so many tokens, or for more where it was chosen already. */
export function inContext(base: BaseModel, tokens: number): BaseModel {
  return { ...base, model: base.model.forContext(tokens) };
}

/** Tokens of the longest row; 0 where there is none. */
export function longestRow(rows: Iterable<ReadRow>): number {
  let longest = 0;
  for (const row of rows) longest = Math.max(longest, tokensOf(row).length);
  return longest;
}
