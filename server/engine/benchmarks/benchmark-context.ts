import type { Arm } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import type { CausalModel } from "@/server/engine/models/causal-model";

/** What a benchmark is measured with. */
export type BenchmarkContext = {
  readonly model: CausalModel;
  readonly adapter: Trained;
  /** `off` is the base model, bit for bit. */
  readonly arm: "on" | "off";
  /** Whether a token marks the beginning, the end or a chat turn. */
  readonly isSpecial: (id: number) => boolean;
  readonly decode: (ids: readonly number[]) => string;
  /** Tokens that end a text. */
  readonly endIds: readonly number[];
};

/** The adapter, or the base model without it, as a row of a pass takes it. */
export function armOf({ adapter, arm, isSpecial }: BenchmarkContext): Arm {
  return arm === "on" ? { adapter, isSpecial } : {};
}
