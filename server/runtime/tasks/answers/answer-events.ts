import { type ComparedAnswers, mostTextTokens, type TextAnswer, type TextEvent } from "@/lib/contract/read-text";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { ModuleReading } from "@/server/engine/effects/read-text";
import { classLabel } from "@/server/engine/tasks/answers/class-label";
import type { Classifier } from "@/server/engine/tasks/answers/effects/classifier";
import { baseScores, editedAnswer } from "@/server/engine/tasks/answers/effects/edited-answer";
import { type Attributed, readWholeText, type WholeText } from "@/server/engine/tasks/answers/effects/read-whole-text";
import { encodePair } from "@/server/engine/text/encode-pairs";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { readLabelNames } from "@/server/files/adapters/label-names";
import { demandTextEncoder, type EncoderBase } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { textsAtFirstToken } from "@/server/runtime/models/texts-at-first-token";
import type { ReadTextOptions } from "@/server/runtime/read-text-options";
import type { LatentModel } from "@/server/runtime/tasks/latent-rows";
import { answerDose } from "./answer-dose";

/**
 * Of a text that is read whole: no token is predicted from others, the head answers for all of them. With edits, its answers under them follow; the
 * modules' latents are told as they are without.
 *
 * @returns the modules' latents; none when aborted
 * @throws Error saying what the adapter lacks, or that the head has no such class; RangeError for edits that the adapter cannot take
 */
export async function* answerEvents(
  options: ReadTextOptions,
  { base: loaded, adapter, classifier: own }: LatentModel,
): AsyncGenerator<TextEvent, readonly ModuleReading[]> {
  const { runtime, adapterFolder, request, signal } = options;
  if (own === undefined) throw new Error(`${adapterFolder}: contains no adapter with a head`);
  const { task, model, head } = own;
  const classifier: Classifier = { task, model, head: () => head.read() };
  const base = demandTextEncoder(loaded);
  const labels = readLabelNames(adapterFolder);
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  const { contextLength, typeVocab } = base.model.config;
  const pair = { first: request.text, second: request.second };
  const row = encodePair(tokenizer, pair, { maxTokens: Math.min(mostTextTokens, contextLength), typeVocab });
  if (signal.aborted) return [];
  const isSpecial = (id: number) => tokenizer.isSpecial(id);
  const attributed = attributedOf(options, labels);
  const reading = await runtime.turns.take("interactive", () => readWholeText(classifier, adapter, row, attributed));
  const { scores, attributedTo, modules } = reading;
  yield {
    kind: "tokens",
    tokens: tokensOf(tokenizer, row.ids),
    modules: modules.length,
    isTruncated: row.tooLong,
    answer: task.textAnswer(scores, labels),
    ...(attributedTo === undefined ? {} : { attributedTo: classLabel(labels, attributedTo) }),
  };
  if (request.edits !== undefined) {
    const compared = await compare(options, { base, classifier, adapter, row, labels, scores, isSpecial });
    if (compared === undefined) return [];
    yield compared;
  }
  if (request.dose !== undefined) {
    const { dose, edits = [] } = request;
    const controls = await options.doseControls(adapter, dose);
    const plain = await runtime.turns.take("interactive", () => baseScores(classifier, row));
    const answerOf = (found: ArrayLike<number>) => task.textAnswer(found, labels);
    const asked = { classifier, adapter, row, edits, dose, controls, base: answerOf(plain), isSpecial, answerOf };
    yield await answerDose(asked, runtime.turns, signal);
  }
  return modules;
}

type Comparing = {
  readonly base: EncoderBase;
  readonly classifier: Classifier;
  readonly adapter: Adapter;
  readonly row: WholeText;
  readonly labels: readonly string[] | undefined;
  /** The unedited adapter's. */
  readonly scores: Float32Array;
  readonly isSpecial: (id: number) => boolean;
};

/** The answers side by side, one turn of the device each; undefined where the reader has gone. */
async function compare(
  { runtime, request, signal, constantAnswer }: ReadTextOptions,
  { base, classifier, adapter, row, labels, scores, isSpecial }: Comparing,
): Promise<ComparedAnswers | undefined> {
  const edits = request.edits ?? [];
  const answerOf = (found: ArrayLike<number>): TextAnswer => classifier.task.textAnswer(found, labels);
  const edit = (list: typeof edits) =>
    runtime.turns.take("interactive", () => editedAnswer(classifier, adapter, row, { edits: list, isSpecial }));
  const plain = await runtime.turns.take("interactive", () => baseScores(classifier, row));
  const edited = await edit(edits);
  const places = edits.flatMap(({ isOn }, place) => (isOn ? [place] : []));
  const alone: { edit: number; answer: TextAnswer }[] = [];
  for (const place of places) {
    if (signal.aborted) return undefined;
    const one = places.length === 1 ? edited : await edit(edits.slice(place, place + 1));
    alone.push({ edit: place, answer: answerOf(one.scores) });
  }
  return {
    kind: "answers",
    constant: await constantAnswer(base),
    base: answerOf(plain),
    adapter: answerOf(scores),
    edited: answerOf(edited.scores),
    alone,
    injectedNorms: Array.from(edited.injectedNorms),
  };
}

/** @throws Error naming the classes if the requested one is not among them */
function attributedOf({ request }: ReadTextOptions, labels: readonly string[] | undefined): Attributed {
  const { attribution, towards } = request;
  if (!attribution) return "nothing";
  if (towards === undefined) return "mostProbable";
  const place = labels?.indexOf(towards) ?? (/^\d+$/.test(towards) ? Number(towards) : -1);
  if (place >= 0) return place;
  throw new Error(`The head has no class "${towards}" to attribute to; it has ${labels?.join(", ") ?? "no names"}.`);
}

/** Special tokens by their names, the others by their texts. */
function tokensOf(tokenizer: Tokenizer, ids: Int32Array) {
  const texts = textsAtFirstToken(tokenizer, [...ids]);
  return Array.from(ids, (id, at) => ({ id, text: tokenizer.isSpecial(id) ? tokenizer.tokenText(id) : (texts[at] ?? ""), loss: null }));
}
