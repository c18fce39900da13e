import type { ArchiveFile } from "@/server/interop/archives/write-tar";
import { toFloat16 } from "./float16";

/** A latent's firings in one window of a context; token positions of the context. */
export type StoredFirings = { context: number; positions: ArrayLike<number>; activations: ArrayLike<number> };

export type DelphiModule = {
  name: string;
  numLatents: number;
  /** Latents by ascending index, some at a time. */
  batches: () => AsyncIterable<readonly { index: number; windows: readonly StoredFirings[] }[]>;
};

export type DelphiAbout = { modelName: string; corpus: string; tokens: number };

/** Rows are as long as a multiple of this, so that delphi can cut them into examples of its usual length. */
const exampleTokens = 32;
const largestUint16 = 65_535;

/**
 * A cache as delphi's loader reads one: a module's `0_{last}.safetensors` with `locations` (n, 3: row, position, latent), `activations` (n, float16)
 * and `tokens` (rows, positions, padded with 0), and its `config.json`. It covers the windows of stored examples, not all firings: a latent that is
 * not listed at a position outside its windows may fire there, which the configuration says.
 *
 * @param contexts token ids of each row
 */
export async function* delphiFiles(
  modules: Iterable<DelphiModule>,
  contexts: readonly ArrayLike<number>[],
  about: DelphiAbout,
): AsyncGenerator<ArchiveFile> {
  const longest = contexts.reduce((most, { length }) => Math.max(most, length), 1);
  const rowTokens = Math.ceil(longest / exampleTokens) * exampleTokens;
  const tokens = new Int32Array(contexts.length * rowTokens);
  for (const [row, ids] of contexts.entries()) tokens.set(Array.from(ids), row * rowTokens);
  for (const { name, numLatents, batches } of modules) {
    const firings = await gather(batches());
    const bytes = safetensors([
      { name: "activations", dtype: "F16", shape: [firings.activations.length], data: Uint16Array.from(firings.activations) },
      { name: "locations", ...narrowest(firings.locations, [firings.activations.length, 3]) },
      { name: "tokens", dtype: "I32", shape: [contexts.length, rowTokens], data: tokens },
    ]);
    yield { name: `${name}/0_${numLatents - 1}.safetensors`, bytes };
    const config = { rows: contexts.length, rowTokens, about };
    yield { name: `${name}/config.json`, bytes: Buffer.from(`${JSON.stringify(configOf(config), null, 2)}\n`) };
  }
}

function configOf({ rows, rowTokens, about }: { rows: number; rowTokens: number; about: DelphiAbout }) {
  return {
    dataset_repo: about.corpus,
    dataset_split: "",
    dataset_name: "",
    dataset_column: "text",
    batch_size: 1,
    cache_ctx_len: rowTokens,
    ctx_len: rowTokens,
    n_tokens: rows * rowTokens,
    n_splits: 1,
    model_name: about.modelName,
    stanscope: {
      coverage: "windows of stored examples, not all firings; a latent may also fire outside its windows",
      padding: "token 0 after the end of a row",
      examples:
        "tens of windows a latent: set min_examples of delphi's ConstructorConfig below its default of 200, which leaves such latents out",
      collectedTokens: about.tokens,
    },
  };
}

/**
 * Firings by latent, row and position: delphi takes a row's firings to follow each other, and cuts a window in two where they do not. A place that
 * lies in several of a latent's windows is given once.
 */
async function gather(batches: AsyncIterable<readonly { index: number; windows: readonly StoredFirings[] }[]>) {
  const locations: number[] = [];
  const activations: number[] = [];
  for await (const latents of batches) {
    for (const { index, windows } of latents) {
      for (const [context, byPosition] of inOrder(firingsByContext(windows))) {
        for (const [position, value] of inOrder(byPosition)) {
          locations.push(context, position, index);
          activations.push(toFloat16(value));
        }
      }
    }
  }
  return { locations, activations };
}

function firingsByContext(windows: readonly StoredFirings[]): Map<number, Map<number, number>> {
  const byContext = new Map<number, Map<number, number>>();
  for (const { context, positions, activations } of windows) {
    const byPosition = byContext.get(context) ?? new Map<number, number>();
    byContext.set(context, byPosition);
    for (let i = 0; i < positions.length; i++) byPosition.set(positions[i] ?? 0, activations[i] ?? 0);
  }
  return byContext;
}

function inOrder<Value>(entries: ReadonlyMap<number, Value>): [number, Value][] {
  return [...entries].sort(([a], [b]) => a - b);
}

type Tensor = { name: string; dtype: "F16" | "I32" | "U16" | "U32"; shape: number[]; data: Uint16Array | Uint32Array | Int32Array };

function narrowest(values: readonly number[], shape: number[]): Omit<Tensor, "name"> {
  return values.every((value) => value <= largestUint16)
    ? { dtype: "U16", shape, data: Uint16Array.from(values) }
    : { dtype: "U32", shape, data: Uint32Array.from(values) };
}

/** The bytes of a safetensors file, wider values first, so that every tensor is aligned. */
function safetensors(tensors: readonly Tensor[]): Buffer {
  const ordered = [...tensors].sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const header: Record<string, unknown> = {};
  let position = 0;
  for (const { name, dtype, shape, data } of ordered) {
    header[name] = { dtype, shape, data_offsets: [position, position + data.byteLength] };
    position += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const paddedHeader = Buffer.alloc(Math.ceil(json.length / 8) * 8, " ");
  json.copy(paddedHeader);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(paddedHeader.length));
  return Buffer.concat([length, paddedHeader, ...ordered.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))]);
}
