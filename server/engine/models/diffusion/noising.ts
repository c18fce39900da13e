import type { DiffusionSchedule, NoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";

/** A noisy image, the time step that the model is told of it, and what it is to predict; all of the image's size. */
export type Noised = { readonly pixels: Float32Array; readonly timestep: number; readonly target: Float32Array };

/** @param timestep in 0…numTimesteps − 1 */
export type AddNoise = (clean: Float32Array, noise: Float32Array, timestep: number) => Noised;

const { fround, sqrt } = Math;

/** How a schedule makes noisy images of clean ones. */
export function noising(schedule: NoiseSchedule): AddNoise {
  if (schedule.kind === "flow") {
    return (clean, noise, timestep) => {
      const sigma = shifted((timestep + 1) / schedule.numTimesteps, schedule.shift);
      return {
        pixels: mix(clean, fround(1 - sigma), noise, sigma),
        timestep: fround(sigma * schedule.numTimesteps),
        target: mix(noise, 1, clean, -1),
      };
    };
  }
  const alphas = alphasCumprod(schedule);
  return (clean, noise, timestep) => {
    const { signal, noise: share } = sharesAt(alphas[timestep] as number);
    return {
      pixels: mix(clean, signal, noise, share),
      timestep,
      target: schedule.predicts === "epsilon" ? noise : mix(noise, signal, clean, -share),
    };
  };
}

/** Of the signal's variance, what is left at each time step, ᾱ: float32 as diffusers has it. */
export function alphasCumprod({ numTimesteps, betas: { shape, start, end } }: DiffusionSchedule): Float32Array {
  const isScaled = shape === "scaled_linear";
  const line = isScaled ? evenly(sqrt(start), sqrt(end), numTimesteps) : evenly(start, end, numTimesteps);
  let product = 1;
  return line.map((value) => {
    product *= fround(1 - (isScaled ? fround(value * value) : value));
    return product;
  });
}

/**
 * Numbers at equal distances as PyTorch's `linspace` rounds them: from the nearer end, with one rounding each. At time step 0 a last bit of beta is a
 * thousandth of the noise that is left.
 */
function evenly(start: number, end: number, count: number): Float32Array {
  const [first, last] = [fround(start), fround(end)];
  const step = fround(fround(last - first) / Math.max(1, count - 1));
  return Float32Array.from({ length: count }, (_, i) => (i < count / 2 - 0.5 ? first + step * i : last - step * (count - 1 - i)));
}

/** What signal and noise are multiplied by where ᾱ of the variance is signal. */
export function sharesAt(alpha: number): { readonly signal: number; readonly noise: number } {
  return { signal: fround(sqrt(alpha)), noise: fround(sqrt(fround(1 - alpha))) };
}

/** The share of noise of a flow, moved towards much of it. */
export function shifted(sigma: number, shift: number): number {
  return fround((shift * sigma) / (1 + (shift - 1) * sigma));
}

/** a · ofA + b · ofB */
export function mix(a: Float32Array, ofA: number, b: Float32Array, ofB: number): Float32Array {
  return a.map((value, at) => fround(value * ofA) + fround((b[at] as number) * ofB));
}
