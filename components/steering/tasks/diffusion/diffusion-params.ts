import { createLoader, createSerializer, type inferParserType, type LoaderInput, parseAsInteger, parseAsString } from "nuqs/server";
import { editsOfValues } from "@/components/latents/added-edits";
import { steeredParameters } from "@/components/latents/steer-parsers";
import { parseAsNumber } from "@/components/ui/address/parsers";
import { stateSuffix } from "@/components/ui/address/state-suffix";
import type { Edit } from "@/lib/contract/edit";
import { makeImagesRequest } from "@/lib/contract/make-images";

/** All that a link to the page of a diffusion run reproduces. */
export type DiffusionParams = {
  readonly collectionId: string | null;
  /** Null is the model's first. */
  readonly className: string | null;
  readonly seed: number;
  readonly images: number;
  readonly steps: number;
  readonly guidance: number;
  /** Time steps at which edits work; null is all. */
  readonly timesteps: { readonly from: number; readonly to: number } | null;
  readonly edits: readonly Edit[];
};

const { shape } = makeImagesRequest;
const defaults = makeImagesRequest.parse({});

/** What the address says, in the order in which it is written. */
export const diffusionParameters = {
  class: parseAsString,
  seed: parseAsInteger.withDefault(defaults.seed),
  images: parseAsInteger.withDefault(defaults.images),
  steps: parseAsInteger.withDefault(defaults.steps),
  guidance: parseAsNumber.withDefault(defaults.guidance),
  from: parseAsInteger,
  to: parseAsInteger,
  collection: steeredParameters.collection,
  edit: steeredParameters.edit,
  add: steeredParameters.add,
};
type DiffusionValues = inferParserType<typeof diffusionParameters>;

const load = createLoader(diffusionParameters);
const serialize = createSerializer(diffusionParameters);

export function readDiffusionParams(search: LoaderInput): DiffusionParams {
  return diffusionParamsOf(load(search));
}

/** Numbers that no request takes count as missing. */
export function diffusionParamsOf({ collection, class: className, from, to, edit, add, ...numbers }: DiffusionValues): DiffusionParams {
  const taken = <Name extends "seed" | "images" | "steps" | "guidance">(name: Name) =>
    shape[name].safeParse(numbers[name]).data ?? defaults[name];
  return {
    collectionId: collection,
    className: className === "" ? null : className,
    ...{ seed: taken("seed"), images: taken("images"), steps: taken("steps"), guidance: taken("guidance") },
    timesteps: from !== null && to !== null && from >= 0 && from <= to ? { from, to } : null,
    edits: editsOfValues({ edit, add }),
  };
}

export function diffusionValuesOf({ collectionId, className, timesteps, edits, ...numbers }: DiffusionParams): DiffusionValues {
  return {
    ...numbers,
    ...{ class: className, from: timesteps?.from ?? null, to: timesteps?.to ?? null },
    ...{ collection: collectionId, edit: edits, add: [] },
  };
}

/** The end of the address that says these parameters, defaults left out. */
export function writeDiffusionParams(params: DiffusionParams): string {
  return stateSuffix(new URLSearchParams(serialize(diffusionValuesOf(params))));
}
