import type { Projection } from "@/server/engine/models/projection";
import type { FrozenDtype } from "@/server/engine/models/weights";
import type { BaseModel } from "./load-base-model";
import type { EncoderBase } from "./load-classifier";

/** A base model in the engine: one that continues text, or one that reads it whole. */
export type LoadedBase = BaseModel | EncoderBase;

export function isEncoderBase(base: LoadedBase): base is EncoderBase {
  return "encoder" in base;
}

/** What reading rows asks of either. */
export function readingOf(base: LoadedBase): { readonly vocab: number; readonly contextLength: number } {
  return isEncoderBase(base) ? base.encoder.config : base.model.config;
}

/** In the order of computation. */
export function projectionsOf(base: LoadedBase): readonly Projection[] {
  return isEncoderBase(base) ? base.encoder.projections : base.model.projections;
}

export function frozenDtypeOf(base: LoadedBase): FrozenDtype {
  return isEncoderBase(base) ? base.encoder.frozenDtype : base.model.frozenDtype;
}

/** Of the frozen weights, without what generation has copied of them. */
export function weightBytesOf(base: LoadedBase): number {
  return isEncoderBase(base) ? base.encoder.bytes : base.model.weightBytes;
}

export function freeBase(base: LoadedBase): void {
  if (isEncoderBase(base)) base.encoder.free();
  else base.model.free();
}
