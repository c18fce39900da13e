/** Steps of a probe, and how long one took, milliseconds. */
export type StepTime = { readonly key: string; readonly medianStepMs: number };

/**
 * Steps by setting such that all train for the same time: the fastest makes all its steps, every other as many as fit into that time.
 *
 * @returns by the settings' keys; at least 1
 */
export function evenOutSteps(times: readonly StepTime[], steps: number): Map<string, number> {
  const fastestMs = Math.min(...times.map(({ medianStepMs }) => medianStepMs));
  return new Map(times.map(({ key, medianStepMs }) => [key, Math.max(1, Math.round((steps * fastestMs) / medianStepMs))]));
}
