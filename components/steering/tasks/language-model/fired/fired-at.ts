import type { Generation } from "@/components/generation/takes/generation";
import { readText } from "@/lib/client/read-text";
import type { ArmName } from "@/lib/contract/generate";
import { mostTextTokens, type ReadTextInput, type TextModule } from "@/lib/contract/read-text";

/** A latent that the adapter keeps at a token. */
export type FiredLatent = {
  readonly module: string;
  readonly layer: number;
  readonly projection: string;
  readonly index: number;
  readonly activation: number;
  /** ⟨c, Δ⟩ / ‖Δ‖² of the token: its part of what the module writes there. */
  readonly outputShare: number;
};

export type Fired =
  | { readonly kind: "fired"; readonly latents: readonly FiredLatent[] }
  /** Read as a text, the tokens before are others than the model wrote. */
  | { readonly kind: "otherTokens" }
  /** Further on than one reading goes. */
  | { readonly kind: "tooFar" };

/** A text to be read, and the tokens that are expected in it up to the one that is asked for. */
export type FiredQuestion = { readonly request: ReadTextInput; readonly ids: readonly number[] };

/** Tokens that are read beyond the one asked for, so that a word is not cut where the model did not cut it. */
const beyond = 8;

/** What to read so that a token of an arm is met again; null for turns or token ids, of which there is no text. */
export function firedQuestion(generation: Generation, arm: ArmName, position: number): FiredQuestion | null {
  const { request, promptTokens } = generation;
  const tokens = generation.arms[arm]?.tokens ?? [];
  if (request === null || request.promptIds !== undefined || position >= tokens.length || request.continued?.[arm] !== undefined)
    return null;
  const isRendered = request.useChatTemplate || request.messages !== undefined;
  const prompt = isRendered ? promptTokens.map(({ text }) => text).join("") : request.prompt;
  const read = tokens.slice(0, position + 1 + beyond).map(({ text }) => text);
  const ids = [...promptTokens, ...tokens.slice(0, position + 1)].map(({ id }) => id);
  return { request: { text: `${prompt}${read.join("")}`, useChatTemplate: false, attribution: false }, ids };
}

/** Reads the text with the run's adapter and takes what fires at its last expected token. @throws RequestFailure, or Error with the worker's words */
export async function readFired(runId: string, { request, ids }: FiredQuestion, signal: AbortSignal): Promise<Fired> {
  if (ids.length > mostTextTokens) return { kind: "tooFar" };
  let place: number | null = null;
  let failure: string | null = null;
  const latents: FiredLatent[] = [];
  const take: Parameters<typeof readText>[2] = (event) => {
    if (event.kind === "tokens") place = placeOf(event.tokens, ids);
    else if (event.kind === "module" && place !== null) latents.push(...firedIn(event, place));
    else if (event.kind === "error") failure = event.message;
  };
  await readText(runId, request, take, signal);
  if (failure !== null) throw new Error(failure);
  return place === null ? { kind: "otherTokens" } : { kind: "fired", latents };
}

/** Where the last of the expected ids stands in what was read; one more token may stand before all. Null where the tokens are others. */
export function placeOf(read: readonly { readonly id: number }[], ids: readonly number[]): number | null {
  for (const shift of [0, 1, -1]) {
    const expected = ids.slice(Math.max(0, -shift));
    const start = Math.max(0, shift);
    if (expected.length > 0 && expected.every((id, at) => read[start + at]?.id === id)) return start + expected.length - 1;
  }
  return null;
}

/** A module's latents at one token; of its packed arrays only that token's part is unpacked. */
export function firedIn(
  { module, layer, projection, width, indices, activations, outputShares }: TextModule,
  token: number,
): FiredLatent[] {
  const [at, values, shares] = [indices, activations, outputShares].map((packed) => bytesWithin(packed, token * width * 4, width * 4));
  if (at === undefined || values === undefined || shares === undefined) return [];
  return Array.from({ length: width }, (_, slot) => ({
    module,
    layer,
    projection,
    index: at.getInt32(slot * 4, true),
    activation: values.getFloat32(slot * 4, true),
    outputShare: shares.getFloat32(slot * 4, true),
  })).filter(({ activation }) => activation !== 0);
}

/** The strongest, activations in the scale of their own module, so that modules compare. */
export function strongestFired(latents: readonly FiredLatent[], colourMaxOf: (latent: FiredLatent) => number, most: number): FiredLatent[] {
  const size = (latent: FiredLatent) => Math.abs(latent.activation) / (colourMaxOf(latent) || 1);
  return [...latents].sort((a, b) => size(b) - size(a)).slice(0, most);
}

/** What fired, module by module in the order of layers; indices ascending. */
export function firedByModule(latents: readonly FiredLatent[]) {
  const modules = new Map<
    string,
    { readonly name: string; readonly layer: number; readonly projection: string; readonly indices: number[] }
  >();
  for (const { module: name, layer, projection, index } of latents) {
    const known = modules.get(name);
    if (known === undefined) modules.set(name, { name, layer, projection, indices: [index] });
    else known.indices.push(index);
  }
  for (const { indices } of modules.values()) indices.sort((a, b) => a - b);
  return [...modules.values()].sort((a, b) => a.layer - b.layer || (a.projection < b.projection ? -1 : 1));
}

/** Part of what base64 holds: three bytes are four letters. */
function bytesWithin(base64: string, from: number, length: number): DataView {
  const firstGroup = Math.floor(from / 3);
  const lastGroup = Math.ceil((from + length) / 3);
  const binary = atob(base64.slice(firstGroup * 4, lastGroup * 4));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  return new DataView(bytes.buffer, from - firstGroup * 3, length);
}
