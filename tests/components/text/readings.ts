import type { ModuleReading } from "@/components/text/module-reading";
import type { TextModule } from "@/lib/contract/read-text";

type Entries = {
  readonly indices: readonly number[];
  readonly activations: readonly number[];
  readonly outputShares?: readonly number[];
  readonly attributions?: readonly number[];
};

/** A module's reading of `width` latents a token, written out. */
export function reading(module: string, width: number, entries: Entries): ModuleReading {
  const { indices, activations, outputShares = activations.map(() => 0), attributions } = entries;
  return {
    module,
    layer: 3,
    projection: "v_proj",
    width,
    indices: new Int32Array(indices),
    activations: new Float32Array(activations),
    outputShares: new Float32Array(outputShares),
    attributions: attributions === undefined ? null : new Float32Array(attributions),
  };
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
  };
}
