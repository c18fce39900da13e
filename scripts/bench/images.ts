/**
 * Our side of the bench over a vision encoder, one task in a process of its own:
 * `node scripts/bench-images.mjs FOLDER image-lora|image-stan|image-statistics[-bf16] REPEATS`. The work is that of `peer_images.py`.
 */
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterForward } from "@/server/engine/features/adapter-forward";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { wholeWindow } from "@/server/engine/features/examples/window-arena";
import { layImageBatch } from "@/server/engine/features/image-batch";
import { chooseProbes } from "@/server/engine/features/quiet-probes";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import type { StanSettings } from "@/server/engine/methods/stan/stan-module";
import type { Images } from "@/server/engine/models/images";
import { startEngine } from "@/server/engine/tensor/backend";
import { type ImageBase, loadBase } from "@/server/runtime/models/load-base-model";
import { classificationOf, numLabels, secondsOfSteps } from "./timed-steps";
import { report, secondsOf } from "./timing";

const [folder = "", task = "", repeatsText = "3"] = process.argv.slice(2);
const repeats = Number(repeatsText);
const ROWS = 8;
const SIDE = 224;
const targets = { modules: ["q_proj", "v_proj"], layers: null };
const lora: AdapterSettings = { method: "lora", rank: 16, alpha: 32, targets };
const stan: StanSettings = { method: "stan", numLatents: 1024, k: 16, alpha: 1, selection: "signed", init: "zero", targets };

await startEngine();
const base = loadBase(folder, task.endsWith("-bf16") ? "fast" : "exact");
if (base.kind !== "imageEncoder") throw new Error(`${folder} is not a vision encoder`);
const kind = task.replace("-bf16", "");
if (kind === "image-statistics") report(task, statistics(base), "patches/s");
else if (kind === "image-lora" || kind === "image-stan") report(task, steps(base, kind === "image-lora" ? lora : stan), "s/step");
else throw new Error(`unknown task ${task}`);

function steps({ model }: ImageBase, settings: AdapterSettings): number[] {
  const rows = Array.from({ length: ROWS }, (_, row) => ({ image: image(row), answer: row % numLabels }));
  return secondsOfSteps(classificationOf(model, settings, rows), repeats);
}

/** Patches a second of a pass that keeps the statistics of every latent of every module; the first pass warms up. */
function statistics({ model }: ImageBase): number[] {
  const adapter = Adapter.create(model.projections, stan, 0);
  const tokens = model.inputs.tokensOf({ image: image(0) });
  const places = Array.from({ length: ROWS * (repeats + 1) }, (_, row) => ({ row, ids: { length: tokens } }));
  const books = createCollectionStatistics({
    numLatents: new Map(adapter.modules.map(({ module, numLatents }) => [module, numLatents])),
    ...{ numDomains: 1, vocab: 0, rank: "value", probes: chooseProbes(places, 0), window: wholeWindow(tokens) },
  });
  const forward = adapterForward(model, adapter);
  const passes = Array.from({ length: repeats + 1 }, (_, pass) => {
    const rows = Array.from({ length: ROWS }, (__, at) => ({ row: pass * ROWS + at, image: image(pass * ROWS + at), domain: 0 }));
    const input = layImageBatch(rows, model.inputs);
    const seconds = secondsOf(() => {
      for (const _ of collectActivations(books, [input], forward, { maxTokens: Number.POSITIVE_INFINITY }));
    });
    return (ROWS * tokens) / seconds;
  });
  return passes.slice(1);
}

/** Noise by a fixed sequence, as values that a preprocessor may give. */
function image(seed: number): Images {
  let state = seed + 1;
  const pixels = Float32Array.from({ length: 3 * SIDE * SIDE }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return { channels: 3, height: SIDE, width: SIDE, pixels };
}
