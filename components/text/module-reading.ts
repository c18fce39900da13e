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
  /** What a collection knows of the module's latents; null where none was named. */
  readonly collected: CollectedLatents | null;
};

/** By a latent's index; only of those that fire on the text. */
export type CollectedLatents = { readonly firings: Int32Array; readonly largest: Float32Array };

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
    collected: event.collected === undefined ? null : unpackCollected(event.collected),
  };
}

function unpackCollected(packed: NonNullable<TextModule["collected"]>): CollectedLatents {
  const indices = new Int32Array(bytesFromBase64(packed.indices).buffer);
  const counts = new Int32Array(bytesFromBase64(packed.firings).buffer);
  const sizes = new Float32Array(bytesFromBase64(packed.largest).buffer);
  const end = indices.reduce((most, index) => Math.max(most, index + 1), 0);
  const firings = new Int32Array(end);
  const largest = new Float32Array(end);
  for (let at = 0; at < indices.length; at++) {
    firings[indices[at] ?? 0] = counts[at] ?? 0;
    largest[indices[at] ?? 0] = sizes[at] ?? 0;
  }
  return { firings, largest };
}

function bytesFromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
