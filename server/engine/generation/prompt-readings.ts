import type { ArmName, PromptReading } from "@/lib/contract/generate";
import { armHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { imagesForRows } from "@/server/engine/models/images";
import { logSoftmaxLast } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { gatherRows } from "@/server/engine/tensor/layout";
import { free, tidy } from "@/server/engine/tensor/scope";
import { topK } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import type { RatedToken } from "./distribution";
import type { GenerationRequest } from "./generation-request";
import { topTokens } from "./top-tokens";

/** Rows of logits that exist at one time. */
const rowsAtOnce = 64;

/** How each arm reads the prompt, by one forward pass of all of them: the log-probability of each token and the most probable in its place. */
export function promptReadings(model: CausalModel, tokenizer: Tokenizer, request: GenerationRequest): Map<ArmName, PromptReading[]> {
  const { promptIds, arms, topLogProbabilities = 0 } = request;
  const [rows, tokens] = [arms.length, promptIds.length];
  const ids = Int32Array.from({ length: rows * tokens }, (_, at) => promptIds[at % tokens] ?? 0);
  const batch = { ids, labels: ids, rows, tokens, images: imagesForRows(request.images, rows) };
  const hooks = armHooks(arms.map(({ adapter, edits }) => ({ adapter, edits, isSpecial: tokenizer.isSpecial })));
  const { final } = model.forward(batch, { hooks });
  try {
    const losses = tokens > 1 ? model.tokenLossesOf(final, batch) : new Float32Array(ids.length);
    const tops = topLogProbabilities > 0 ? topOf(model, final, Math.min(topLogProbabilities, model.config.vocab)) : [];
    return new Map(
      arms.map(({ name }, row) => [
        name,
        Array.from({ length: tokens }, (_, at): PromptReading => {
          const place = row * tokens + at;
          if (at === 0) return { logProbability: null };
          return { logProbability: -(losses[place] ?? 0), ...topTokens(tokenizer, tops[place - 1] ?? []) };
        }),
      ]),
    );
  } finally {
    free(final);
  }
}

/** The most probable tokens after each row of final states (rows, dModel). */
function topOf(model: CausalModel, final: Tensor, count: number): RatedToken[][] {
  const rows = final.shape[0] ?? 0;
  const rated: RatedToken[][] = [];
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const places = Int32Array.from({ length: Math.min(rowsAtOnce, rows - from) }, (_, at) => from + at);
    const { values, indices } = tidy(() =>
      topK(logSoftmaxLast(model.logits(gatherRows(final, fromValues(places, [places.length])))), count),
    );
    const [logProbabilities, ids] = [readFloats(values), readInts(indices)];
    free(values, indices);
    places.forEach((_, row) => {
      const ofRow = Array.from({ length: count }, (_, at) => ({
        id: ids[row * count + at] ?? 0,
        logProbability: logProbabilities[row * count + at] ?? 0,
      }));
      rated.push(ofRow.sort((a, b) => b.logProbability - a.logProbability || a.id - b.id));
    });
  }
  return rated;
}
