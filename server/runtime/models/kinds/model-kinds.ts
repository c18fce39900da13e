import { kindOfCheckpoint, type LoadedBase } from "@/server/runtime/models/load-base-model";
import { diffusionKind } from "./diffusion-kind";
import { encoderKind } from "./encoder-kind";
import { imageKind } from "./image-kind";
import type { ModelKind } from "./model-kind";
import { textKind } from "./text-kind";

/** Every kind of base model; one that lacks a part does not compile. */
const kinds: { readonly [Kind in LoadedBase["kind"]]: ModelKind<Extract<LoadedBase, { kind: Kind }>> } = {
  text: textKind,
  encoder: encoderKind,
  imageEncoder: imageKind,
  diffusion: diffusionKind,
};

/** Of a model that is not loaded. @throws FileError naming the file that is missing or at fault */
export function kindAt(path: string): ModelKind<LoadedBase> {
  return kinds[kindOfCheckpoint(path)];
}

export function kindOfModel({ kind }: LoadedBase): ModelKind<LoadedBase> {
  return kinds[kind];
}
