import { createLoader, createSerializer, type inferParserType, type LoaderInput, parseAsStringLiteral } from "nuqs/server";
import { editsOfValues } from "@/components/latents/added-edits";
import { parseAsLatent, steeredParameters } from "@/components/latents/steer-parsers";
import { parseAsTextUpTo } from "@/components/ui/address/parsers";
import { stateSuffix } from "@/components/ui/address/state-suffix";
import type { Edit, LatentRef } from "@/lib/contract/edit";

/** What is shown of each class: its probability, or its score before softmax. */
export type AnswerView = "probability" | "score";

/** All that a link to the page of an encoder's run reproduces. */
export type AnswerParams = {
  readonly collectionId: string | null;
  readonly text: string;
  /** The second text of a pair; null where one is read alone. */
  readonly second: string | null;
  readonly edits: readonly Edit[];
  readonly view: AnswerView;
  /** The latent that shades the tokens; null where what the edits inject does. */
  readonly shaded: LatentRef | null;
};

const parseAsLongText = parseAsTextUpTo(20_000);

/** What the address says, in the order in which it is written. */
export const answerParameters = {
  prompt: parseAsLongText.withDefault(""),
  second: parseAsLongText,
  collection: steeredParameters.collection,
  edit: steeredParameters.edit,
  add: steeredParameters.add,
  view: parseAsStringLiteral(["probability", "score"]).withDefault("probability"),
  colour: parseAsLatent,
};
type AnswerValues = inferParserType<typeof answerParameters>;

const load = createLoader(answerParameters);
const serialize = createSerializer(answerParameters);

export function readAnswerParams(search: LoaderInput): AnswerParams {
  return answerParamsOf(load(search));
}

export function answerParamsOf({ collection, prompt, second, edit, add, view, colour }: AnswerValues): AnswerParams {
  return { collectionId: collection, text: prompt, second, edits: editsOfValues({ edit, add }), view, shaded: colour };
}

export function answerValuesOf({ collectionId, text, second, edits, view, shaded }: AnswerParams): AnswerValues {
  return { collection: collectionId, prompt: text, second, edit: edits, add: [], view, colour: shaded };
}

/** The end of the address that says these parameters, defaults left out. */
export function writeAnswerParams(params: AnswerParams): string {
  return stateSuffix(new URLSearchParams(serialize(answerValuesOf(params))));
}
