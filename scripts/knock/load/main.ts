import { meanOf } from "@/lib/numbers/intervals";
import { onGround } from "@/scripts/knock/ground";
import { readOptions } from "@/scripts/knock/options";
import { load } from "./campaign";

const port = 4610;
/** Bars of the campaign. */
const fastMs = 100;
const slowerBy = 2;
const growthShare = 0.1;
const growthBytes = 32 * 2 ** 20;

const { minutes, seed } = readOptions({ count: 64, minutes: 10 });
const say = (line: string) => process.stdout.write(`${line}\n`);
const options = { seconds: minutes * 60, seed, clients: 64, streams: 8, slowReaders: 16, listeners: 200, idleRounds: 10 };
say(`load: ${JSON.stringify(options)}`);
const { idle, loaded, loadedByPath, counts, memory, trainedSteps, failures } = await onGround(port, (ground) => load(ground, options));

const broken = failures.length === 0 ? [] : [`${failures.length} failures, the first: ${failures.slice(0, 10).join("\n       ")}`];
for (const [kind, times] of loaded) say(`  ${kind.padEnd(8)} ${describe(times)}`);
say(`  idle     ${describe(idle)}`);
for (const [path, times] of [...loadedByPath].sort(([, a], [, b]) => quantile(b, 0.95) - quantile(a, 0.95)).slice(0, 12))
  say(`  slow     ${path}: ${describe(times)}`);
for (const [part, from] of ["first", "second", "last"].map((name, third) => [name, third] as const)) {
  const pages = loaded.get("pages") ?? [];
  const third = Math.floor(pages.length / 3);
  say(`  pages, ${part} third: ${describe(pages.slice(from * third, (from + 1) * third))}`);
}
const [idleP95, pagesP95] = [quantile(idle, 0.95), quantile(loaded.get("pages") ?? [], 0.95)];
if (pagesP95 > Math.max(fastMs, slowerBy * idleP95)) broken.push(`pages: p95 ${pagesP95.toFixed(0)} ms, idle ${idleP95.toFixed(0)} ms`);
for (const [part, samples] of Object.entries(memory)) {
  const third = Math.floor(samples.length / 3);
  const [first, last] = [meanOf(samples.slice(0, third)), meanOf(samples.slice(-third))];
  say(`  memory of ${part}: first third ${mebibytes(first)}, last third ${mebibytes(last)} MiB`);
  if (last - first > Math.max(growthShare * first, growthBytes))
    broken.push(`memory of ${part} grew from ${mebibytes(first)} to ${mebibytes(last)} MiB`);
}
say(`  training: ${trainedSteps} steps; ${[...counts].map(([what, count]) => `${what} ${count}`).join(", ")}`);
if (trainedSteps === 0) broken.push("the concurrent training did not take a step");
for (const text of broken) say(`BROKE: ${text}`);
say(broken.length === 0 ? "held" : `${broken.length} bars missed`);
process.exitCode = broken.length === 0 ? 0 : 1;

function describe(times: readonly number[]): string {
  return `${times.length} answers, p50 ${quantile(times, 0.5).toFixed(0)} ms, p95 ${quantile(times, 0.95).toFixed(0)} ms, longest ${Math.max(0, ...times).toFixed(0)} ms`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
