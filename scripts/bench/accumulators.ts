/**
 * How much memory the accumulators of a collection take: `node scripts/bench-accumulators.mjs TOKENS`, one size in a process of its own.
 * Prints one line of JSON, as `ours.ts` does.
 */
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Random } from "@/lib/numbers/random";
import type { ForwardInput } from "@/server/engine/features/adapter-forward";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import type { KeptLatents } from "@/server/engine/features/kept-latents";
import { chooseProbes } from "@/server/engine/features/quiet-probes";
import { layTokenBatch } from "@/server/engine/features/token-batch";

const MODULES = 6;
const LATENTS = 4096;
const KEPT = 32;
const VOCAB = 49_152;
const ROW_TOKENS = 128;
const BATCH_ROWS = 16;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const tokens = Number(process.argv[2]);
const megabytes = await accumulatorMegabytes();
const peakMemoryMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  `${JSON.stringify({ task: `accumulators-${tokens}`, median: megabytes, all: [megabytes], unit: "MB", peakMemoryMb, version: `Node ${process.version}` })}\n`,
);

/**
 * Megabytes that the accumulators of 6 modules × 4096 latents hold. The activations are made up, without a
 * model: some latents fire often and most seldom, and tokens are as unevenly spread as those of a text.
 */
async function accumulatorMegabytes(): Promise<number> {
  const numLatents = new Map(Array.from({ length: MODULES }, (_, module) => [`module ${module}`, LATENTS]));
  const before = await heldMegabytes();
  const places = Array.from({ length: Math.ceil(tokens / ROW_TOKENS) }, (_, row) => ({ row, ids: { length: ROW_TOKENS } }));
  const statistics = createCollectionStatistics({
    numLatents,
    numDomains: 9,
    vocab: VOCAB,
    rank: "value",
    probes: chooseProbes(places, 0),
  });
  const random = new Random(1);
  const inputs = function* () {
    for (let row = 0; row * ROW_TOKENS < tokens; row += BATCH_ROWS) {
      const rows = Array.from({ length: BATCH_ROWS }, (_, at) => ({
        row: row + at,
        ids: Int32Array.from({ length: ROW_TOKENS }, () => Math.floor(VOCAB * random.next() ** 4)),
        domain: (row + at) % 9,
      }));
      yield layTokenBatch(rows, 0);
    }
  };
  const forward = ({ batch }: ForwardInput) => new Map([...numLatents.keys()].map((name) => [name, madeUp(batch.counted.length, random)]));
  for (const _ of collectActivations(statistics, inputs(), forward, { maxTokens: tokens }));
  const held = (await heldMegabytes()) - before;
  if (statistics.tokens < tokens) throw new Error(`${statistics.tokens} of ${tokens} tokens were counted`);
  return held;
}

function madeUp(positions: number, random: Random): KeptLatents {
  const size = positions * KEPT;
  const kept: KeptLatents = {
    indices: new Int32Array(size),
    values: new Float32Array(size),
    contributions: new Float32Array(size),
    updateSquares: new Float32Array(positions).fill(1),
    baseSquares: new Float32Array(positions).fill(100),
  };
  for (let position = 0, at = 0; position < positions; position++) {
    let last = -1;
    for (let slot = 0; slot < KEPT; slot++, at++) {
      // Ascending, denser at the low end.
      last = Math.min(Math.max(last + 1, Math.floor(LATENTS * ((slot + random.next()) / KEPT) ** 2)), LATENTS - KEPT + slot);
      kept.indices[at] = last;
      kept.values[at] = Math.exp(1.5 * (random.next() + random.next() + random.next() - 1.5));
      kept.contributions[at] = 1 / KEPT;
    }
  }
  return kept;
}

/** What arrays held is given back some time after a collection. */
async function heldMegabytes(): Promise<number> {
  for (let round = 0; round < 5; round++) {
    collectGarbage();
    await setTimeout(50);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}
