import type { TextModule } from "@/lib/contract/read-text";
import type { ModuleReading } from "@/server/engine/effects/read-text";

/** One module's latents on a text as they are sent. */
export function moduleEvent({ module, width, indices, activations, outputShares, attributions }: ModuleReading): TextModule {
  return {
    kind: "module",
    module: module.module,
    layer: module.layer,
    projection: module.name,
    width,
    indices: base64(indices),
    activations: base64(activations),
    outputShares: base64(outputShares),
    attributions: attributions === undefined ? null : base64(attributions),
  };
}

function base64({ buffer, byteOffset, byteLength }: Int32Array | Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}
