import { type ConceptProbes, type Probe, probeSizes } from "@/lib/contract/probing";
import type { ProbeRows } from "@/server/engine/concepts/probe-rows";
import type { ConceptProbing } from "@/server/engine/concepts/probing";
import type { MeasuredProbe } from "@/server/engine/concepts/sparse-probe";

/** Probes as they are stored and written: without the weights of channels. */
export function conceptProbesOf({ module, split, latents, channels, dense, constant }: ConceptProbing): ConceptProbes {
  return {
    module,
    rows: { train: countsOf(split.train), test: countsOf(split.test) },
    latents: latents.map((one, size) => ({
      ...probeOf(one, probeSizes[size] as number),
      chosen: one.columns.map((index, at) => ({ index, weight: one.weights[at] as number })),
    })),
    channels: channels.map((one, size) => probeOf(one, probeSizes[size] as number)),
    dense: probeOf(dense, dense.columns.length),
    constant,
  };
}

function probeOf({ score, interval }: MeasuredProbe, k: number): Probe {
  return { k, ...score, interval };
}

function countsOf({ positives, negatives }: ProbeRows) {
  return { positives: positives.length, negatives: negatives.length };
}
