import type { TextModule } from "@/lib/contract/read-text";

/** A module's kept latents on a text, `width` a token, token by token: entry `token * width + slot`. */
export type ModuleReading = {
  readonly module: string;
  readonly layer: number;
  readonly projection: string;
  readonly width: number;
  readonly indices: Int32Array;
  readonly activations: Float32Array;
  readonly outputShares: Float32Array;
  readonly attributions: Float32Array | null;
};

/**
 * Unpacks what a worker sent of one module, once.
 *
 * @throws RangeError when an array is not of `tokens * width` entries
 */
export function unpackModule(event: TextModule, tokens: number): ModuleReading {
  const { module, layer, projection, width } = event;
  const expected = tokens * width;
  const bytesOf = (name: "indices" | "activations" | "outputShares" | "attributions", text: string): ArrayBuffer => {
    const bytes = bytesFromBase64(text);
    if (bytes.byteLength !== expected * 4)
      throw new RangeError(`${name} of ${module} have ${bytes.byteLength / 4} entries, not ${tokens} tokens × ${width}`);
    return bytes.buffer;
  };
  return {
    module,
    layer,
    projection,
    width,
    indices: new Int32Array(bytesOf("indices", event.indices)),
    activations: new Float32Array(bytesOf("activations", event.activations)),
    outputShares: new Float32Array(bytesOf("outputShares", event.outputShares)),
    attributions: event.attributions === null ? null : new Float32Array(bytesOf("attributions", event.attributions)),
  };
}

function bytesFromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
