import { engineInfo } from "@/server/engine/tensor/backend";

export function secondsOf(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** Prints the line that `bench.mjs` reads. */
export function report(task: string, all: readonly number[], unit: string): void {
  const median = [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
  const { version, kernels, device } = engineInfo();
  const peakMemoryMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(
    `${JSON.stringify({ task, median, all, unit, peakMemoryMb, version: `TensorFlow ${version}, ${device}, ${kernels} kernels` })}\n`,
  );
}
