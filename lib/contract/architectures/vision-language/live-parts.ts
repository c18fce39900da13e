import { decoderOf, imageEncoderOf } from "@/lib/contract/architectures/architectures";
import { weightNames } from "@/lib/contract/architectures/stored-names";
import { LIVE_PREFIXES, liveTensors, type StoredPlace } from "@/lib/contract/architectures/vision/live-names";
import { liveTextName, type VisionLanguageConfig } from "./llava";

/** Where a part's tensors begin in files, old and new, and in the live model. */
const TOWER = /^(?:model\.)?vision_tower\.(?:vision_model\.)?/;
const PROJECTOR = /^(?:model\.)?multi_modal_projector\./;
const TEXT = /^(?:language_model\.model|model\.language_model)\./;
const HEAD = /^(?:language_model\.)?lm_head\./;

/** The tensors of each part by the live model's names, with their places in the file. */
export type LiveParts = {
  readonly tower: ReadonlyMap<string, StoredPlace>;
  readonly projector: ReadonlyMap<string, StoredPlace>;
  readonly text: ReadonlyMap<string, StoredPlace>;
  /** What belongs to no part, by its name in the file. */
  readonly unknown: readonly string[];
};

/**
 * Finds the tensors of a vision-language model in a checkpoint however old its names are.
 *
 * @throws Error naming two tensors that are the same one
 */
export function liveParts(checkpoint: readonly string[], { text, images }: VisionLanguageConfig): LiveParts {
  const { names, ...described } = imageEncoderOf(images.tower.architecture);
  const [ofTower, ofProjector, ofText] = [new Map<string, string>(), new Map<string, string>(), new Map<string, string>()];
  const unknown: string[] = [];
  for (const name of checkpoint) {
    if (TOWER.test(name)) add(ofTower, name.replace(TOWER, `${names.prefix}.`), name);
    else if (PROJECTOR.test(name)) add(ofProjector, name.replace(PROJECTOR, `${LIVE_PREFIXES.projector}.`), name);
    else if (TEXT.test(name)) add(ofText, name.replace(TEXT, "model."), name);
    else if (HEAD.test(name)) add(ofText, name.replace(HEAD, "lm_head."), name);
    else unknown.push(name);
  }
  const whole = (stored: string): StoredPlace => ({ stored, half: undefined });
  const towerPlaces = liveTensors([...ofTower.keys()], { names, stored: described.stored });
  return {
    tower: new Map(
      [...towerPlaces].map(([own, { stored, half }]) => [
        own.replace(`${names.prefix}.`, `${images.tower.names.prefix}.`),
        { stored: ofTower.get(stored) ?? stored, half },
      ]),
    ),
    projector: new Map([...ofProjector].map(([live, stored]) => [live, whole(stored)])),
    text: new Map(
      [...weightNames([...ofText.keys()], decoderOf(text.architecture))].map(([own, given]) => [
        liveTextName(own),
        whole(ofText.get(given) ?? given),
      ]),
    ),
    unknown,
  };
}

function add(names: Map<string, string>, own: string, stored: string): void {
  const other = names.get(own);
  if (other !== undefined) throw new Error(`the weights hold ${other} and ${stored}, which are the same tensor`);
  names.set(own, stored);
}
