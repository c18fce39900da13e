import type { Edit } from "@/lib/contract/edit";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks, armHooks } from "@/server/engine/adapters/arms";
import { BATCH_TOKENS } from "@/server/engine/effects/measure-groups";
import { readFloats } from "@/server/engine/tensor/create";
import { free, tidy } from "@/server/engine/tensor/scope";
import type { Classifier } from "./classifier";
import { batchOf, type WholeInput } from "./read-whole";

/** What a head makes of an input under edits. */
export type EditedAnswer = {
  /** One a class; one of a regression. */
  readonly scores: Float32Array;
  /** (tokens) ‖edited update − adapter's update‖ / ‖W0 x + b0‖, the largest over the edited modules that read tokens. */
  readonly injectedNorms: Float32Array;
};

/**
 * Answers a text or an image with an adapter whose latents are edited: one pass, every token of it at once. All of its tokens are prompt.
 *
 * @throws RangeError as `adapterHooks`, and when the input is longer than the model's context
 */
export function editedAnswer(
  { model, head }: Classifier,
  adapter: Adapter,
  input: WholeInput,
  { edits, isSpecial }: { readonly edits: readonly Edit[]; readonly isSpecial: (id: number) => boolean },
): EditedAnswer {
  const injected = new Float32Array(model.encoder.inputs.tokensOf(input));
  const hooks = adapterHooks(adapter, {
    edits,
    isSpecial,
    onInjection: (_, norms) => {
      // A pooler reads one token, whose place is not this.
      if (norms.length !== injected.length) return;
      norms.forEach((norm, token) => {
        injected[token] = Math.max(injected[token] as number, norm);
      });
    },
  });
  return { scores: tidy(() => readFloats(model.scores(batchOf(model, input), hooks, head()))), injectedNorms: injected };
}

/**
 * Answers a text or an image with an adapter under many lists of edits, several a pass. Yields how many are answered after each pass.
 *
 * @param batchTokens most tokens of a pass; 2048 unless told
 * @returns (numLabels) scores by list
 * @throws RangeError as `armHooks`, and when the input is longer than the model's context
 */
export function* editedScores(
  { model, head }: Classifier,
  adapter: Adapter,
  input: WholeInput,
  lists: readonly (readonly Edit[])[],
  { isSpecial, batchTokens = BATCH_TOKENS }: { readonly isSpecial: (id: number) => boolean; readonly batchTokens?: number | undefined },
): Generator<number | undefined, Float32Array[], void> {
  const found: Float32Array[] = [];
  const atOnce = Math.max(1, Math.floor(batchTokens / model.encoder.inputs.tokensOf(input)));
  for (let from = 0; from < lists.length; from += atOnce) {
    const own = lists.slice(from, from + atOnce);
    const hooks = armHooks(own.map((edits) => ({ adapter, edits, isSpecial })));
    const batch = model.encoder.inputs.take(
      batchOf(model, input),
      own.map(() => 0),
    );
    const made = yield* model.inParts.scores(batch, hooks, head());
    const scores = readFloats(made);
    free(made);
    own.forEach((_, row) => {
      found.push(scores.slice(row * model.numLabels, (row + 1) * model.numLabels));
    });
    yield found.length;
  }
  return found;
}

/** The same head over the base model alone. */
export function baseScores({ model, head }: Classifier, input: WholeInput): Float32Array {
  return tidy(() => readFloats(model.scores(batchOf(model, input), undefined, head())));
}
