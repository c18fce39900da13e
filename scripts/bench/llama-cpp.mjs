/**
 * llama.cpp's side of `npm run bench`: `node llama-cpp.mjs FOLDER MODEL TASK THREADS REPEATS`. FOLDER holds node_modules with node-llama-cpp, whose
 * prebuilt library for the processor is used; TASK: generate (tokens a second after a prompt of 32) | prefill (of 512 tokens). The first run warms up.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, modelPath, task, threadsText, repeatsText] = process.argv.slice(2);
const threads = Number(threadsText);
const entry = path.join(path.resolve(folder), "node_modules", "node-llama-cpp", "dist", "index.js");
const { getLlama } = await import(pathToFileURL(entry).href);
const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, maxThreads: threads, progressLogs: false });
const model = await llama.loadModel({ modelPath: path.resolve(modelPath) });
const NEW_TOKENS = 128;

const measure = task === "prefill" ? prefill : generate;
await measure();
const all = [];
for (let run = 0; run < Number(repeatsText); run++) all.push(await measure());
const median = [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const peakMemoryMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(`${JSON.stringify({ task, median, all, unit: "tokens/s", peakMemoryMb, version: "llama.cpp, CPU" })}\n`);
process.exit(0);

async function generate() {
  const context = await newContext();
  const prompt = Array.from({ length: 32 }, (_, i) => 100 + i * 131);
  let produced = 0;
  let start = 0;
  for await (const _ of context.getSequence().evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    if (produced === 0) start = performance.now();
    if (produced++ === NEW_TOKENS) break;
  }
  const seconds = (performance.now() - start) / 1000;
  await context.dispose();
  return NEW_TOKENS / seconds;
}

async function prefill() {
  const context = await newContext();
  const prompt = Array.from({ length: 512 }, (_, i) => 100 + ((i * 7919) % 39_900));
  const start = performance.now();
  for await (const _ of context.getSequence().evaluate(prompt, { temperature: 0, yieldEogToken: true })) break;
  const seconds = (performance.now() - start) / 1000;
  await context.dispose();
  return 512 / seconds;
}

function newContext() {
  return model.createContext({ contextSize: 1024, batchSize: 512, threads: { ideal: threads, min: threads } });
}
