/** Reads cases and reports each to the parent, which knows by the last report to which case a crash or a hang belongs. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FileReader, Files } from "./files";
import { openJobs } from "./jobs";
import { mutateFiles } from "./mutate-file";
import { type Mutation, pick } from "./mutation";
import { type Outcome, outcomeOf } from "./outcome";
import { fileReaders, readerNamed } from "./readers";
import type { Report, Task } from "./reading-process";
import { openRequests } from "./requests";

const home = mkdtempSync(join(tmpdir(), "stanscope-knock-"));
process.env["STANSCOPE_HOME"] = home;
process.on("exit", () => rmSync(home, { recursive: true, force: true }));
process.on("disconnect", () => process.exit(0));
const opened = new Map<string, Read>();

process.on("message", (task: Task) => {
  work(task).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () => process.exit(3));
  });
});

async function work({ reader, from, cases }: Task): Promise<void> {
  const read = opened.get(reader) ?? (await open(reader));
  opened.set(reader, read);
  for (let index = from; index < cases.length; index++) {
    tell({ kind: "begins", index });
    resetPeak();
    const [memory, cpu] = [peakBytes("VmRSS"), process.cpuUsage()];
    const outcome = await read(cases[index] ?? [], index);
    const { user, system } = process.cpuUsage(cpu);
    tell({ kind: "ends", index, outcome, cpuMs: Math.round((user + system) / 1000), grownBytes: peakBytes("VmHWM") - memory });
  }
  tell({ kind: "over" });
}

async function open(reader: string): Promise<Read> {
  if (reader === "requests") return openRequests(await uploads(home));
  return reader === "jobs" ? openJobs(home) : openFiles(reader, home);
}

function tell(report: Report): void {
  process.send?.(report);
}

type Read = (mutations: readonly Mutation[], index: number) => Promise<Outcome>;

async function openFiles(name: string, home: string): Promise<Read> {
  const reader = readerNamed(name);
  const corpus = await corpusOf(reader, home);
  const readFiles = async (files: Files): Promise<Outcome> => {
    const folder = mkdtempSync(join(home, "case-"));
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    mkdirSync(out);
    writeFiles(input, files);
    try {
      const outcome = await outcomeAt(reader, input, out);
      const left = outcome.kind === "refused" ? readdirSync(out, { recursive: true }) : [];
      return left.length === 0
        ? outcome
        : { kind: "fault", message: `left ${left.join(", ")} behind after ${"message" in outcome ? outcome.message : ""}` };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  for (const files of corpus) {
    const outcome = await readFiles(files);
    if (outcome.kind !== "read") throw new Error(`${name}: the valid input is not read: ${outcome.message}`);
  }
  return (mutations, index) => readFiles(mutations.reduce(mutateFiles, pick(corpus, index)));
}

async function outcomeAt(reader: FileReader, input: string, out: string): Promise<Outcome> {
  try {
    await reader.read(input, out);
    return { kind: "read" };
  } catch (error) {
    return outcomeOf(error);
  }
}

async function corpusOf(reader: FileReader, home: string): Promise<Files[]> {
  const folder = mkdtempSync(join(home, "corpus-"));
  const corpus = await reader.corpus(folder);
  rmSync(folder, { recursive: true });
  return corpus;
}

async function uploads(home: string): Promise<Files[]> {
  const all: Files[] = [];
  for (const reader of fileReaders) {
    const files = (await corpusOf(reader, home)).filter((one) =>
      Object.keys(one).every((name) => /\.(gguf|tar|tar\.gz|jsonl|json|csv|parquet)$/.test(name) && !name.includes("/")),
    );
    all.push(...files);
  }
  return all;
}

function writeFiles(folder: string, files: Files): void {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

/** Linux alone knows the peak since a moment; elsewhere it is the process's own. */
function resetPeak(): void {
  if (existsSync("/proc/self/clear_refs")) writeFileSync("/proc/self/clear_refs", "5");
}

function peakBytes(field: "VmHWM" | "VmRSS"): number {
  if (!existsSync("/proc/self/status")) return process.resourceUsage().maxRSS * 1024;
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
