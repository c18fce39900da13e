import type { GridSize } from "@/lib/contract/architectures/vision/vision-config";

/** Features of a time step. */
export const TIME_FEATURES = 256;

const { fround } = Math;

/** Where PyTorch's exp (on x86) rounds a frequency up that is nearest to the number below, or down: at t = 1000 the last bit moves features by 3e-5. */
const ROUNDED_AS_PYTORCH: ReadonlyMap<number, number> = new Map([
  [10, 0.48421624302864075],
  [52, 0.02302526868879795],
]);

/**
 * What the model reads of time steps: [cos, sin] of t · 10000^(−i / 127), i in 0…127. Angles are float32, as diffusers has them: at t = 1000 their
 * rounding reaches the fifth decimal of the features.
 *
 * @returns (rows, 256)
 */
export function timeFeatures(timesteps: Float32Array): Float32Array {
  const half = TIME_FEATURES / 2;
  const features = new Float32Array(timesteps.length * TIME_FEATURES);
  for (let i = 0; i < half; i++) {
    const exponent = fround(fround(fround(-Math.log(10000)) * i) / (half - 1));
    const frequency = ROUNDED_AS_PYTORCH.get(i) ?? fround(Math.exp(exponent));
    timesteps.forEach((timestep, row) => {
      const angle = fround(timestep * frequency);
      features[row * TIME_FEATURES + i] = Math.cos(angle);
      features[row * TIME_FEATURES + half + i] = Math.sin(angle);
    });
  }
  return features;
}

/**
 * Positions of patches in two dimensions: half of the entries are of the column, half of the row, each [sin, cos] of the place times 10000^(−i / n).
 *
 * @returns (height · width, width of a state)
 */
export function gridPositions({ height, width }: GridSize, dModel: number): Float32Array {
  const quarter = dModel / 4;
  const table = new Float32Array(height * width * dModel);
  for (let place = 0; place < height * width; place++) {
    [place % width, Math.floor(place / width)].forEach((at, axis) => {
      for (let i = 0; i < quarter; i++) {
        const angle = at * (1 / 10000 ** (i / quarter));
        const to = place * dModel + axis * 2 * quarter + i;
        table[to] = Math.sin(angle);
        table[to + quarter] = Math.cos(angle);
      }
    });
  }
  return table;
}
