import { casesOf, type Mutation } from "./mutation";
import type { Outcome } from "./outcome";
import { fileReaders } from "./readers";
import { type CaseResult, ReadingProcess } from "./reading-process";

export type Finding = {
  readonly reader: string;
  readonly index: number;
  readonly mutations: readonly Mutation[];
  readonly message: string;
};
export type ReaderResult = Readonly<Record<Outcome["kind"] | "inputs" | "slowestMs" | "mostBytes", number>> & { readonly reader: string };

/** Limits of one input, its time by the processor's clock. */
const limits = { cpuMs: 5000, bytes: 2 ** 30 };

export const readerNames: readonly string[] = [...fileReaders.map(({ name }) => name), "requests", "jobs"];

/** Knocks at readers with the cases of a seed; each finding is made as small as it goes. */
export async function runCampaign(
  counts: ReadonlyMap<string, number>,
  options: { readonly seed: number; readonly environment: Readonly<Record<string, string>>; readonly onProgress?: (line: string) => void },
): Promise<{ results: ReaderResult[]; findings: Finding[] }> {
  const results: ReaderResult[] = [];
  const findings: Finding[] = [];
  const process = new ReadingProcess(options.environment);
  try {
    for (const [reader, count] of counts) {
      const cases = casesOf(options.seed, count);
      const done = (await process.run({ reader, from: 0, cases })).map(withinLimits);
      for (const { index, outcome } of done) {
        if (outcome.kind !== "fault") continue;
        const mutations = await smallest(process, reader, index, cases[index] ?? []);
        findings.push({ reader, index, mutations, message: outcome.message });
        options.onProgress?.(`FOUND ${reader} ${index} ${JSON.stringify(mutations)}\n      ${outcome.message}`);
      }
      const result = resultOf(reader, done);
      results.push(result);
      options.onProgress?.(`${reader}: ${result.inputs} inputs, ${result.fault} faults`);
    }
  } finally {
    process.stop();
  }
  return { results, findings };
}

function withinLimits(result: CaseResult): CaseResult {
  const { outcome, cpuMs, grownBytes } = result;
  if (outcome.kind === "fault" || (cpuMs <= limits.cpuMs && grownBytes <= limits.bytes)) return result;
  return { ...result, outcome: { kind: "fault", message: `took ${cpuMs} ms and ${grownBytes >> 20} MiB` } };
}

function resultOf(reader: string, done: readonly CaseResult[]): ReaderResult {
  const count = (kind: Outcome["kind"]) => done.filter(({ outcome }) => outcome.kind === kind).length;
  const most = (values: readonly number[]) => values.reduce((largest, value) => Math.max(largest, value), 0);
  return {
    reader,
    inputs: done.length,
    read: count("read"),
    refused: count("refused"),
    fault: count("fault"),
    slowestMs: most(done.map(({ cpuMs }) => cpuMs)),
    mostBytes: most(done.map(({ grownBytes }) => grownBytes)),
  };
}

/** Leaves out changes without which the case is still at fault. */
async function smallest(
  process: ReadingProcess,
  reader: string,
  index: number,
  mutations: readonly Mutation[],
): Promise<readonly Mutation[]> {
  let kept = mutations;
  for (const one of mutations) {
    const fewer = kept.filter((other) => other !== one);
    if (fewer.length === 0) break;
    // The number of a case chooses its valid input: it stays the same.
    const cases = [...Array.from({ length: index }, () => []), fewer];
    const [result] = await process.run({ reader, from: index, cases });
    if (result !== undefined && withinLimits(result).outcome.kind === "fault") kept = fewer;
  }
  return kept;
}
