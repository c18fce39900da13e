import type { DiffusionSchedule, FlowSchedule, NoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import { alphasCumprod, mix, sharesAt, shifted } from "@/server/engine/models/diffusion/noising";

/** One step of a sampler, from more noise to less. */
export type SamplerStep = {
  /** What the model is told. */
  readonly timestep: number;
  /** @param predicted by the model, of the size of x */
  next(x: Float32Array, predicted: Float32Array): Float32Array;
};

/**
 * The steps of a schedule's own sampler, without randomness: DDIM (Song et al. 2021) with η = 0, or Euler for a flow. As diffusers' schedulers, in float32.
 *
 * @throws RangeError unless the schedule has so many steps
 */
export function samplerSteps(schedule: NoiseSchedule, steps: number): SamplerStep[] {
  if (!Number.isInteger(steps) || steps < 1 || steps > schedule.numTimesteps) {
    throw new RangeError(`a sampler takes 1…${schedule.numTimesteps} steps, and ${steps} are asked for`);
  }
  return schedule.kind === "flow" ? eulerSteps(schedule, steps) : ddimSteps(schedule, steps);
}

const { fround, floor } = Math;

function ddimSteps(schedule: DiffusionSchedule, steps: number): SamplerStep[] {
  const alphas = alphasCumprod(schedule);
  const { numTimesteps, predicts, clipsTo, endsClean } = schedule;
  const stride = floor(numTimesteps / steps);
  return visited(schedule, steps).map((timestep) => {
    const alpha = alphas[timestep];
    if (alpha === undefined) throw new RangeError(`steps_offset leads to time step ${timestep} of ${numTimesteps}; take fewer steps`);
    const now = sharesAt(alpha);
    const before = timestep - stride;
    const then = sharesAt(before >= 0 ? (alphas[before] as number) : endsClean ? 1 : (alphas[0] as number));
    const clean = (x: Float32Array, predicted: Float32Array) =>
      predicts === "epsilon"
        ? mix(x, 1, predicted, -now.noise).map((value) => value / now.signal)
        : mix(x, now.signal, predicted, -now.noise);
    const noise = (x: Float32Array, predicted: Float32Array) =>
      predicts === "epsilon" ? predicted : mix(predicted, now.signal, x, now.noise);
    return {
      timestep,
      next(x, predicted) {
        const image = clean(x, predicted);
        const kept = clipsTo === null ? image : image.map((value) => Math.min(clipsTo, Math.max(-clipsTo, value)));
        return mix(kept, then.signal, noise(x, predicted), then.noise);
      },
    };
  });
}

/** The time steps that DDIM visits, from the noisiest. */
function visited({ numTimesteps, spacing, stepsOffset }: DiffusionSchedule, steps: number): number[] {
  switch (spacing) {
    case "leading":
      return descending(steps, (i) => i * floor(numTimesteps / steps) + stepsOffset);
    case "linspace":
      return descending(steps, (i) => roundEven(steps === 1 ? 0 : (i * (numTimesteps - 1)) / (steps - 1)));
    case "trailing":
      return Array.from({ length: steps }, (_, i) => roundEven(numTimesteps - i * (numTimesteps / steps)) - 1);
  }
}

function descending(steps: number, at: (i: number) => number): number[] {
  return Array.from({ length: steps }, (_, i) => at(steps - 1 - i));
}

/** To the nearest whole number, of two as near to the even one, as NumPy rounds. */
function roundEven(x: number): number {
  const below = floor(x);
  const rest = x - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}

function eulerSteps({ numTimesteps, shift }: FlowSchedule, steps: number): SamplerStep[] {
  const [most, least] = [shifted(1, shift), shifted(1 / numTimesteps, shift)];
  // diffusers shifts the ends of the range once, and each share of noise between them again.
  const sigmas = Array.from({ length: steps }, (_, i) => shifted(steps === 1 ? most : most + ((least - most) * i) / (steps - 1), shift));
  return sigmas.map((sigma, i) => {
    const change = fround((sigmas[i + 1] ?? 0) - sigma);
    return { timestep: fround(sigma * numTimesteps), next: (x, predicted) => mix(x, 1, predicted, change) };
  });
}
