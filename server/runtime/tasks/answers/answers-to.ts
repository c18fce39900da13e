import type { ComparedAnswers, ReadTextRequest, TextAnswer, TextEvent } from "@/lib/contract/read-text";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { ModuleReading } from "@/server/engine/effects/read-text";
import { classLabel } from "@/server/engine/tasks/answers/class-label";
import type { Classifier } from "@/server/engine/tasks/answers/effects/classifier";
import { baseScores, editedAnswer } from "@/server/engine/tasks/answers/effects/edited-answer";
import { type Attributed, readWhole, type WholeInput } from "@/server/engine/tasks/answers/effects/read-whole";
import { readLabelNames } from "@/server/files/adapters/label-names";
import type { AnswerBase } from "@/server/runtime/models/load-base-model";
import type { ReadingOptions } from "@/server/runtime/reading-options";
import type { LatentModel } from "@/server/runtime/tasks/latent-rows";
import { answerDose } from "./answer-dose";

/** An input that is read whole, and how its tokens are shown. */
export type ReadInput = {
  readonly base: AnswerBase;
  readonly row: WholeInput;
  readonly isSpecial: (id: number) => boolean;
  readonly shown: Pick<Extract<TextEvent, { kind: "tokens" }>, "tokens" | "isTruncated" | "picture">;
};

type Options = ReadingOptions<Pick<ReadTextRequest, "attribution" | "towards" | "edits" | "dose">>;

/**
 * What the head answers for an input that is read whole. With edits, its answers under them follow; the modules' latents are told as they are without.
 *
 * @returns the modules' latents; none when aborted
 * @throws Error saying what the adapter lacks, or that the head has no such class; RangeError for edits that the adapter cannot take
 */
export async function* answersTo(
  options: Options,
  { adapter, classifier: own }: LatentModel,
  { base, row, isSpecial, shown }: ReadInput,
): AsyncGenerator<TextEvent, readonly ModuleReading[]> {
  const { runtime, adapterFolder, request, signal } = options;
  if (own === undefined) throw new Error(`${adapterFolder}: contains no adapter with a head`);
  const { task, model, head } = own;
  const classifier: Classifier = { task, model, head: () => head.read() };
  const labels = readLabelNames(adapterFolder);
  if (signal.aborted) return [];
  const attributed = attributedOf(request, labels);
  const reading = await runtime.turns.take("interactive", () => readWhole(classifier, adapter, row, attributed));
  const { scores, attributedTo, modules } = reading;
  yield {
    kind: "tokens",
    ...shown,
    modules: modules.length,
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

type Comparing = Omit<ReadInput, "shown"> & {
  readonly classifier: Classifier;
  readonly adapter: Adapter;
  readonly labels: readonly string[] | undefined;
  /** The unedited adapter's. */
  readonly scores: Float32Array;
};

/** The answers side by side, one turn of the device each; undefined where the reader has gone. */
async function compare(
  { runtime, request, signal, constantAnswer }: Options,
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
function attributedOf({ attribution, towards }: Options["request"], labels: readonly string[] | undefined): Attributed {
  if (!attribution) return "nothing";
  if (towards === undefined) return "mostProbable";
  const place = labels?.indexOf(towards) ?? (/^\d+$/.test(towards) ? Number(towards) : -1);
  if (place >= 0) return place;
  throw new Error(`The head has no class "${towards}" to attribute to; it has ${labels?.join(", ") ?? "no names"}.`);
}
