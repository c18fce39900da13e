/** Student's t at 97.5 %, for 1…30 degrees of freedom; beyond, the normal's is within 0.1. */
const studentT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086,
  2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const normal = 1.96;

/** The mean of values with half the width of its 95 % interval (Student's t; null for one value); undefined for none. */
export function meanInterval(values: readonly number[]): { mean: number; halfWidth: number | null } | undefined {
  const { length } = values;
  if (length === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  if (length === 1) return { mean, halfWidth: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, halfWidth: (studentT[length - 2] ?? normal) * Math.sqrt(squares / (length - 1) / length) };
}
