"use client";
import { diffusionSteerKeys } from "@/components/shell/page-keys";
import type { SteerTask } from "@/components/steering/steer-task";
import { ChangeMap } from "./change-map";
import { ClassPanel } from "./class-panel";
import { diffusionParameters } from "./diffusion-params";
import { DoseStrip } from "./dose-strip";
import { PicturesMade } from "./pictures-made";
import { type DiffusionSteering, useDiffusionSteering } from "./use-diffusion-steering";

/** Steering of a diffusion model: base model, adapter and edits make pictures of a class from the same noise. */
export const diffusionSteering: SteerTask<DiffusionSteering> = {
  parameters: diffusionParameters,
  useSteering: useDiffusionSteering,
  reads: "patches",
  withoutAdapter: "It has no adapter yet.",
  hints: diffusionSteerKeys.hints,
  Input: ClassPanel,
  Output: PicturesMade,
  Tokens: ChangeMap,
  Studies: DoseStrip,
};
