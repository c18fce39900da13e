import { IMAGE_ENCODER_NAMES, imageEncoderOf } from "@/lib/contract/architectures/architectures";
import type { VisionArchitecture } from "./vision-architecture";
import { olderAttention } from "./vision-keys";

/** The live model's name of a tensor or module. A prefix, such as PEFT's, stays. */
export function liveName(name: string, { respelled }: VisionArchitecture["stored"]): string {
  return respelled.reduce((spelled, [pattern, own]) => spelled.replace(pattern, own), name);
}

/** Where a tensor of the live model is stored: a whole tensor, or the upper (0) or lower (1) half of its rows. */
export type StoredPlace = { readonly stored: string; readonly half: 0 | 1 | undefined };

/** What begins the names of a bare encoder's modules, which lack the model's prefix. */
const BARE = /^(?:embeddings|encoder|layers|layernorm|pooler|pre_layrnorm|post_layernorm|head)\./;

/**
 * The tensors of the live model for image classification, by its names, of a checkpoint however old its own are.
 *
 * @throws Error naming two tensors that are the same one
 */
export function liveTensors(
  checkpoint: readonly string[],
  { names: { prefix }, stored }: Pick<VisionArchitecture, "names" | "stored">,
): ReadonlyMap<string, StoredPlace> {
  const isBare = !checkpoint.some((name) => name.startsWith(`${prefix}.`));
  const places = new Map<string, StoredPlace>();
  for (const name of checkpoint) {
    const whole = liveName(isBare && BARE.test(name) ? `${prefix}.${name}` : name, stored);
    for (const [live, half] of partsOf(whole, stored.joined)) {
      const other = places.get(live);
      if (other !== undefined) throw new Error(`the weights hold ${other.stored} and ${name}, which are the same tensor`);
      places.set(live, { stored: name, half });
    }
  }
  return places;
}

function partsOf(name: string, joined: VisionArchitecture["stored"]["joined"]): (readonly [live: string, half: StoredPlace["half"]])[] {
  if (joined === undefined || !name.includes(`.${joined.stored}.`)) return [[name, undefined]];
  const part = (of: string) => name.replace(`.${joined.stored}.`, `.${of}.`);
  return [
    [part(joined.parts[0]), 0],
    [part(joined.parts[1]), 1],
  ];
}

/**
 * Maps module names that adapters of a vision encoder, alone or below a language model, have from transformers 4 to those of the live model in
 * transformers 5.
 *
 * @param module the first module of the live model
 * @returns undefined if the module is not of a vision encoder, or its names never changed
 */
export function toLiveNames(module: string): ((name: string) => string) | undefined {
  if (module.startsWith(`${LIVE_PREFIXES.tower}.`)) return liveNameWithin;
  const found = IMAGE_ENCODER_NAMES.map(imageEncoderOf).find(({ names }) => module.startsWith(`${names.prefix}.`));
  if (found === undefined || found.stored.respelled.length === 0) return undefined;
  return (name) => liveName(name, found.stored);
}

/** What stands before the names of each part of a vision-language model in the live model of transformers 5. */
export const LIVE_PREFIXES = {
  tower: "model.vision_tower",
  projector: "model.multi_modal_projector",
  text: "model.language_model",
} as const;

/** Where a vision-language model's parts began in older names, and begin now; PEFT's prefix stays. */
const livePlaces = [
  [/^(base_model\.model\.)?(?:model\.)?vision_tower\.(?:vision_model\.)?/, `$1${LIVE_PREFIXES.tower}.`],
  [/^(base_model\.model\.)?(?:model\.)?multi_modal_projector\./, `$1${LIVE_PREFIXES.projector}.`],
  [/^(base_model\.model\.)?(?:model\.)?language_model\.(?:model\.)?/, `$1${LIVE_PREFIXES.text}.`],
] as const;

/** The same of a vision-language model, whose parts were not within one model before. */
function liveNameWithin(name: string): string {
  return [...livePlaces, ...olderAttention].reduce<string>((spelled, [pattern, own]) => spelled.replace(pattern, own), name);
}
