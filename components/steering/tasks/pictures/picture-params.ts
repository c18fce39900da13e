import { createLoader, createSerializer, type inferParserType, type LoaderInput, parseAsInteger } from "nuqs/server";
import { editsOfValues } from "@/components/latents/added-edits";
import { steeredParameters } from "@/components/latents/steer-parsers";
import { type AnswerView, answerParameters } from "@/components/steering/tasks/answers/answer-params";
import { stateSuffix } from "@/components/ui/address/state-suffix";
import type { Edit, LatentRef } from "@/lib/contract/edit";

/** All that a link to the page of a run over images reproduces: an uploaded picture is not in it. */
export type PictureParams = {
  readonly collectionId: string | null;
  /** The picture's row in the dataset that the collection read, or else the run's; null where none is chosen, or one is uploaded. */
  readonly row: number | null;
  readonly edits: readonly Edit[];
  readonly view: AnswerView;
  /** The latent that shades the patches; null where what the edits inject does. */
  readonly shaded: LatentRef | null;
};

/** What the address says, in the order in which it is written. */
export const pictureParameters = {
  row: parseAsInteger,
  collection: steeredParameters.collection,
  edit: steeredParameters.edit,
  add: steeredParameters.add,
  view: answerParameters.view,
  colour: answerParameters.colour,
};
type PictureValues = inferParserType<typeof pictureParameters>;

const load = createLoader(pictureParameters);
const serialize = createSerializer(pictureParameters);

export function readPictureParams(search: LoaderInput): PictureParams {
  return pictureParamsOf(load(search));
}

export function pictureParamsOf({ collection, row, edit, add, view, colour }: PictureValues): PictureParams {
  const chosen = row === null || row < 0 ? null : row;
  return { collectionId: collection, row: chosen, edits: editsOfValues({ edit, add }), view, shaded: colour };
}

export function pictureValuesOf({ collectionId, row, edits, view, shaded }: PictureParams): PictureValues {
  return { collection: collectionId, row, edit: edits, add: [], view, colour: shaded };
}

/** The end of the address that says these parameters, defaults left out. */
export function writePictureParams(params: PictureParams): string {
  return stateSuffix(new URLSearchParams(serialize(pictureValuesOf(params))));
}
