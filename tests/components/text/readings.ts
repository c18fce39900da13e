import type { ModuleReading } from "@/components/text/module-reading";
import type { TextModule } from "@/lib/contract/read-text";

type Entries = {
  readonly indices: readonly number[];
  readonly activations: readonly number[];
  readonly outputShares?: readonly number[];
  readonly attributions?: readonly number[];
  /** Of latents of a collection, by index: firings and largest |activation|. */
  readonly collected?: { readonly [index: number]: readonly [firings: number, largest: number] };
};

/** A module's reading of `width` latents a token, written out. */
export function reading(module: string, width: number, entries: Entries): ModuleReading {
  const { indices, activations, outputShares = activations.map(() => 0), attributions, collected } = entries;
  return {
    module,
    layer: 3,
    projection: "v_proj",
    width,
    indices: new Int32Array(indices),
    activations: new Float32Array(activations),
    outputShares: new Float32Array(outputShares),
    attributions: attributions === undefined ? null : new Float32Array(attributions),
    collected: collected === undefined ? null : collectedBy(collected),
  };
}

function collectedBy(known: NonNullable<Entries["collected"]>): ModuleReading["collected"] {
  const size = Math.max(...Object.keys(known).map(Number)) + 1;
  const by = (which: 0 | 1) => Array.from({ length: size }, (_, index) => known[index]?.[which] ?? 0);
  return { firings: new Int32Array(by(0)), largest: new Float32Array(by(1)) };
}

/** The same as a worker sends it. */
export function packed(from: ModuleReading): TextModule {
  const base64 = (array: Int32Array | Float32Array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
  return {
    kind: "module",
    module: from.module,
    layer: from.layer,
    projection: from.projection,
    width: from.width,
    indices: base64(from.indices),
    activations: base64(from.activations),
    outputShares: base64(from.outputShares),
    attributions: from.attributions === null ? null : base64(from.attributions),
    ...(from.collected === null
      ? {}
      : {
          collected: {
            indices: base64(new Int32Array(from.collected.firings.keys())),
            firings: base64(from.collected.firings),
            largest: base64(from.collected.largest),
          },
        }),
  };
}
