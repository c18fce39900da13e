#!/usr/bin/env node
/**
 * `npm run bench -- [--model FILE.gguf] [--encoder FOLDER] [--vision FOLDER] [--diffusion FOLDER] [--python PYTHON] [--llama-cpp FOLDER] [--tasks a,b] [--rounds 3] [--repeats 3] [--output FILE.json]`
 *
 * Our engine beside PyTorch on the same machine and the same work, in turn, each task in a process of its own; prints ratios
 * of medians over all rounds. PYTHON is an interpreter with torch, transformers, peft, gguf and diffusers; without it only our side runs.
 * `--model` names the file of SmolLM2-135M-Instruct, `--encoder` the folder of all-MiniLM-L6-v2, `--vision` that of a DINOv2 (ViT-S/14),
 * `--diffusion` that of a DiT over pixels; what has no checkpoint is left out. `--llama-cpp` is a folder where the npm package node-llama-cpp is installed; llama.cpp then computes the same
 * from the quantised file.
 * Timings mean something on an idle machine alone: the load is printed.
 *
 * `npm run bench -- --database …` measures pages of latents out of a large database instead; see `bench/database.ts`.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pairs } from "./bench/pairs.mjs";
import { runTypescript } from "./run-typescript.mjs";
import { workerEnvironment } from "./start/worker-environment.mjs";

const here = fileURLToPath(new URL("bench", import.meta.url));

if (process.argv.includes("--database")) {
  process.argv.splice(process.argv.indexOf("--database"), 1);
  await runTypescript("scripts/bench/database.ts");
  process.exit();
}

const { values: options } = parseArgs({
  options: {
    model: { type: "string" },
    encoder: { type: "string" },
    vision: { type: "string" },
    diffusion: { type: "string" },
    python: { type: "string" },
    "llama-cpp": { type: "string" },
    tasks: { type: "string" },
    rounds: { type: "string", default: "3" },
    repeats: { type: "string", default: "3" },
    output: { type: "string" },
  },
});
const given = [options.model, options.encoder, options.vision, options.diffusion].filter((file) => file !== undefined);
const absent = given.find((file) => !fs.existsSync(file));
if (given.length === 0 || absent !== undefined) {
  process.stderr.write(
    `${absent === undefined ? "" : `${absent} does not exist. `}Give --model, --encoder, --vision or --diffusion; see docs/measurements.md.\n`,
  );
  process.exit(2);
}

const wanted = options.tasks?.split(",");
const chosen = pairs.filter(({ ours }) => (wanted ? wanted.includes(ours) : folderOf(ours) !== undefined));
for (const { ours } of chosen) {
  if (folderOf(ours) !== undefined) continue;
  process.stderr.write(`Give --${groupOf(ours)}, the folder of the checkpoint for ${ours}; see docs/measurements.md.\n`);
  process.exit(2);
}
const oursTasks = [...new Set(chosen.map(({ ours }) => ours))];
const peerTasks = options.python ? [...new Set(chosen.flatMap(({ peer }) => peer ?? []))] : [];
const llamaTasks = options["llama-cpp"] ? [...new Set(chosen.flatMap(({ llamaCpp }) => llamaCpp ?? []))] : [];
/** The peer's task beside which one of ours is measured; undefined without. */
const peerOf = (task) => peerTasks.find((peer) => peer === chosen.find(({ ours }) => ours === task)?.peer);
/** @type {Map<string, { values: number[], memory: number, version: string, unit: string }>} */
const results = new Map();

console.log(`${os.cpus()[0]?.model ?? "processor"}, ${os.availableParallelism()} cores, load ${os.loadavg()[0]?.toFixed(2)}`);
for (let round = 1; round <= Number(options.rounds); round++) {
  for (const task of llamaTasks) measure(`llama.cpp ${task}`, process.execPath, llamaCommandOf(task), round);
  // Each of our tasks runs next to its peer, so that a slow phase of the machine affects both.
  for (const peer of [...peerTasks, undefined]) {
    if (peer !== undefined)
      measure(`peer ${peer}`, options.python, [...peerProgramOf(peer), peer, String(os.availableParallelism()), options.repeats], round);
    for (const task of oursTasks.filter((each) => peerOf(each) === peer)) measure(`ours ${task}`, process.execPath, commandOf(task), round);
  }
}

const rows = chosen.map(({ name, ours, peer, llamaCpp, isRate }) => {
  const mine = results.get(`ours ${ours}`);
  const theirs = results.get(`peer ${peer}`);
  const ratio =
    mine && theirs ? (isRate ? median(mine.values) / median(theirs.values) : median(theirs.values) / median(mine.values)) : null;
  return {
    name,
    ours: mine && median(mine.values),
    peer: theirs && median(theirs.values),
    llamaCpp: medianOf(results.get(`llama.cpp ${llamaCpp}`)),
    unit: mine?.unit,
    ratio,
    oursMemoryMb: mine?.memory,
    peerMemoryMb: theirs?.memory,
  };
});
console.log("\n| work | PyTorch | llama.cpp | Stanscope | ratio to PyTorch | peak memory, MB |\n|---|---|---|---|---|---|");
for (const row of rows) {
  console.log(
    `| ${row.name} | ${show(row.peer)} | ${show(row.llamaCpp)} | ${show(row.ours)} ${row.unit ?? ""} | ${row.ratio === null ? "–" : row.ratio.toFixed(2)} | ${show(row.peerMemoryMb, 0)} / ${show(row.oursMemoryMb, 0)} |`,
  );
}
console.log(
  `\n${[...new Set([...results.values()].map(({ version }) => version))].join("; ")}; load at the end ${os.loadavg()[0]?.toFixed(2)}`,
);
if (options.output) fs.writeFileSync(options.output, JSON.stringify({ rows, results: Object.fromEntries(results) }, null, 2));

/** The option that names the checkpoint of a task. */
function groupOf(task) {
  if (task.startsWith("encoder-")) return "encoder";
  if (task.startsWith("diffusion-")) return "diffusion";
  return task.startsWith("image-") ? "vision" : "model";
}

function folderOf(task) {
  return options[groupOf(task)];
}

function peerProgramOf(task) {
  const group = groupOf(task);
  if (group === "model") return [path.join(here, "peer.py"), path.dirname(options.model)];
  const program = { encoder: "peer_encoder.py", vision: "peer_images.py", diffusion: "peer_diffusion.py" }[group];
  return [path.join(here, program), folderOf(task)];
}

function commandOf(task) {
  const [kind, tokens] = task.split("-");
  if (kind === "accumulators") return [`${here}-accumulators.mjs`, tokens];
  const program = { model: "ours", encoder: "encoder", vision: "images", diffusion: "diffusion" }[groupOf(task)];
  return [`${here}-${program}.mjs`, folderOf(task), task, options.repeats];
}

function llamaCommandOf(task) {
  const threads = String(os.availableParallelism());
  return [path.join(here, "llama-cpp.mjs"), options["llama-cpp"], options.model, task, threads, options.repeats];
}

function measure(key, command, args, round) {
  try {
    const printed = execFileSync(command, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...(key.startsWith("ours ") ? workerEnvironment() : {}), TF_CPP_MIN_LOG_LEVEL: "2" },
    });
    const line = JSON.parse(printed.trim().split("\n").at(-1) ?? "");
    const known = results.get(key) ?? { values: [], memory: 0, version: line.version, unit: line.unit };
    known.values.push(...line.all);
    known.memory = Math.max(known.memory, line.peakMemoryMb);
    results.set(key, known);
    console.log(`round ${round}  ${key.padEnd(24)} ${show(line.median)} ${line.unit}  ${Math.round(line.peakMemoryMb)} MB`);
  } catch (error) {
    console.log(
      `round ${round}  ${key.padEnd(24)} failed: ${String(error.stderr ?? error.message)
        .trim()
        .split("\n")
        .at(-1)}`,
    );
  }
}

function medianOf(result) {
  return result && median(result.values);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function show(value, digits = value >= 10 ? 1 : 3) {
  return value === undefined || value === null ? "–" : value.toFixed(digits);
}
