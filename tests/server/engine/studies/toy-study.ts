import { Random } from "@/lib/numbers/random";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { StudyContext } from "@/server/engine/studies/study-context";

/** Token 7 ends a text, token 1 is special. */
export function toyContext(model: CausalModel, adapter: Adapter): StudyContext {
  return { model, adapter, isSpecial: (id) => id === 1, decode: (ids) => ids.join(" "), endIds: [7] };
}

/** Texts of a vocabulary of 23, named by their ids. */
export function toyTexts(lengths: readonly number[], seed = 4): { text: string; ids: number[] }[] {
  const random = new Random(seed);
  return lengths.map((length) => {
    const ids = Array.from({ length }, () => random.nextBelow(23));
    return { text: ids.join(" "), ids };
  });
}
