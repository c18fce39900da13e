/** φ(z) of the standard normal distribution. */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/**
 * Φ(z) = P(Z ≤ z) of the standard normal distribution, to 10⁻¹⁴ of its value in the lower tail too: near 0 by Marsaglia's series
 * (2004, "Evaluating the Normal Distribution"), far out by Laplace's continued fraction (Abramowitz and Stegun, 26.2.14).
 */
export function normalProbability(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  if (z > 0) return 1 - normalProbability(-z);
  if (z < -39) return 0;
  return z < -3 ? normalDensity(z) / tailFraction(-z) : 0.5 + normalDensity(z) * oddSeries(z);
}

/**
 * z with Φ(z) = probability: Abramowitz and Stegun 26.2.23 (4 digits), then Halley's steps on Φ.
 *
 * @returns −∞ for 0, ∞ for 1
 * @throws RangeError unless probability is in 0…1
 */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`probability ${probability} is not in 0…1`);
  if (probability === 0) return Number.NEGATIVE_INFINITY;
  if (probability === 0.5) return 0;
  if (probability > 0.5) return -normalQuantile(1 - probability);
  const t = Math.sqrt(-2 * Math.log(probability));
  let z = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 3; step++) {
    const error = (normalProbability(z) - probability) / normalDensity(z);
    z -= error / (1 + (z * error) / 2);
  }
  return z;
}

/** z + z³/3 + z⁵/(3·5) + … */
function oddSeries(z: number): number {
  let term = z;
  let sum = z;
  for (let odd = 3; Math.abs(term) > 1e-18 * Math.abs(sum); odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return sum;
}

/** x + 1/(x + 2/(x + 3/(x + …))), x ≥ 3 */
function tailFraction(x: number): number {
  let fraction = x;
  for (let depth = 120; depth >= 1; depth--) fraction = x + depth / fraction;
  return fraction;
}
