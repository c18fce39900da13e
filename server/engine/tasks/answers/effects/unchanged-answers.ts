import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Records } from "@/server/engine/effects/ablation-records";
import type { HostActivations } from "@/server/engine/methods/activations";
import { readFloats } from "@/server/engine/tensor/create";
import { free } from "@/server/engine/tensor/scope";
import type { AnswerChunk } from "./answer-chunks";
import type { Classifier } from "./classifier";

/** How often a latent fires in each row, −1 where it is kept at no token: there its ablation changes nothing. */
export type RowFirings = Int32Array;

/** By module and index. */
export type FiringsByModule = Records<RowFirings>;

/** The unedited adapter's answers to a chunk. */
export type ChunkAnswers = {
  /** (rows, numLabels) */
  readonly scores: Float32Array;
  /** (rows) nats, or squared errors. */
  readonly losses: Float32Array;
};

/**
 * Runs the unedited adapter over answered rows: what ablations are compared with, and where each recorded latent is kept. Yields the rows that are
 * through after each chunk.
 *
 * @param records written in place
 */
export function* answerUnchanged(
  { model, head }: Classifier,
  adapter: Adapter,
  chunks: readonly AnswerChunk[],
  records: FiringsByModule,
): Generator<number | undefined, ChunkAnswers[], void> {
  const answers: ChunkAnswers[] = [];
  let done = 0;
  for (const chunk of chunks) {
    const hooks = adapterHooks(adapter, {
      tappedModules: new Set(records.keys()),
      onActivations: ({ module }, activations) => recordPass(records.get(module), chunk, activations, adapter.keepsZeros(module)),
    });
    const made = yield* model.inParts.scores(chunk.batch, hooks, head());
    const scores = readFloats(made);
    free(made);
    answers.push({ scores, losses: chunk.batch.answers.losses(scores, model.numLabels).losses });
    done += chunk.rows.length;
    yield done;
  }
  return answers;
}

/** @param activations of all tokens, or of the first tokens alone, which a pooler reads */
function recordPass(
  records: ReadonlyMap<number, RowFirings> | undefined,
  { batch, rows }: AnswerChunk,
  { tokens, width, indices, values }: HostActivations,
  keepsZeros: boolean,
): void {
  if (records === undefined) return;
  const perRow = tokens / batch.rows;
  const mask = perRow === batch.tokens ? batch.attentionMask : undefined;
  for (let token = 0; token < tokens; token++) {
    if (mask?.[token] === 0) continue;
    const row = rows[Math.floor(token / perRow)] as number;
    for (let entry = token * width; entry < (token + 1) * width; entry++) {
      const firings = records.get(indices[entry] as number);
      if (firings === undefined || (values[entry] === 0 && !keepsZeros)) continue;
      firings[row] = Math.max(firings[row] as number, 0) + (values[entry] === 0 ? 0 : 1);
    }
  }
}
