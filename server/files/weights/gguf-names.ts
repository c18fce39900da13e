import { decoderOf } from "@/lib/contract/architectures/architectures";
import type { DecoderRole } from "@/lib/contract/architectures/decoder-config";
import type { GgufConversion } from "@/lib/contract/architectures/gguf-form";
import { GGUF_ROTARY_TABLES } from "@/lib/contract/architectures/gguf-rotary";
import { FileError } from "@/server/files/file-error";
import type { GgufFile } from "./gguf";
import { ggufArchitecture } from "./gguf-config";
import { convertedShape, convertedValues, movesRowsAlone, rowOf } from "./gguf-conversion";
import type { RawModelConfig } from "./model-config";
import type { WeightSource } from "./weight-source";

type Renamed = { readonly source: string; readonly conversion: GgufConversion };

/** @param config what `ggufConfig` made of the file's metadata */
export function ggufWeights(file: GgufFile, config: RawModelConfig): WeightSource {
  const { modelType, form } = ggufArchitecture(file);
  const { names } = decoderOf(modelType).layout;
  const tensors = new Map<string, Renamed>();
  for (const source of file.names()) {
    if (GGUF_ROTARY_TABLES.includes(source)) continue;
    const { block, role, part, inner = "" } = meaningOf(source);
    const byRole: Readonly<Partial<Record<DecoderRole, string>>> = names;
    // Some architectures have gate and up in one tensor, which GGUF calls up as well.
    const named = role === undefined ? undefined : (byRole[role] ?? (role === "up" ? byRole.gateUp : undefined));
    const module = named === undefined ? undefined : named + inner;
    if (role === undefined || module === undefined)
      throw new FileError("invalid", file.path, `tensor "${source}" is not one of the architecture ${modelType}`);
    const name = block === undefined ? `${module}.${part}` : `${names.layers}.${block}.${module}.${part}`;
    tensors.set(name, { source, conversion: form.conversion(role, part, config) });
  }
  const tensor = (name: string): Renamed => {
    const found = tensors.get(name);
    if (found === undefined) throw new FileError("invalid", file.path, `holds no tensor for "${name}"`);
    return found;
  };
  return {
    names: () => [...tensors.keys()],
    shape(name) {
      const { source, conversion } = tensor(name);
      return convertedShape(file.shape(source), conversion);
    },
    dtype: (name) => file.dtype(tensor(name).source),
    read(name) {
      const { source, conversion } = tensor(name);
      const values = file.read(source);
      try {
        return convertedValues(values, file.shape(source), conversion);
      } catch (cause) {
        if (!(cause instanceof RangeError)) throw cause;
        throw new FileError("invalid", file.path, `tensor "${source}": ${cause.message}`, { cause });
      }
    },
    blocks(name) {
      const { source, conversion } = tensor(name);
      if (!movesRowsAlone(conversion)) return undefined;
      const packed = file.blocks?.(source);
      if (packed === undefined) return undefined;
      const [rows = 0] = file.shape(source);
      const target = rowOf(conversion, rows);
      return {
        format: packed.format,
        *pieces() {
          for (const piece of packed.pieces()) yield { ...piece, rows: piece.rows.map(target) };
        },
      };
    },
    close: () => file.close(),
  };
}

/** GGUF's names by what a module does are the same for all architectures. */
const outerRoles: Readonly<Record<string, DecoderRole>> = {
  token_embd: "embedding",
  position_embd: "positions",
  output_norm: "finalNorm",
  output: "head",
};

const blockRoles: Readonly<Record<string, DecoderRole>> = {
  attn_norm: "attentionNorm",
  attn_q_norm: "queryNorm",
  attn_k_norm: "keyNorm",
  attn_q: "q",
  attn_k: "k",
  attn_v: "v",
  attn_qkv: "qkv",
  attn_output: "attentionOutput",
  post_attention_norm: "attentionOutputNorm",
  ffn_norm: "mlpNorm",
  post_ffw_norm: "mlpOutputNorm",
  ffn_gate_inp: "router",
  ffn_gate: "gate",
  ffn_up: "up",
  ffn_down: "down",
};

/** The matrices of all experts of a layer in one tensor, after the name of the list of experts. */
const expertStacks: Readonly<Record<string, string>> = {
  ffn_gate_exps: ".gate_proj",
  ffn_up_exps: ".up_proj",
  ffn_down_exps: ".down_proj",
};

type Meaning = { block: string | undefined; role: DecoderRole | undefined; part: "weight" | "bias"; inner?: string | undefined };

function meaningOf(source: string): Meaning {
  const [, block, name = "", part] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(source) ?? [];
  if (block !== undefined && Object.hasOwn(expertStacks, name))
    return { block, role: "experts", part: "weight", inner: expertStacks[name] };
  const roles = block === undefined ? outerRoles : blockRoles;
  return { block, role: Object.hasOwn(roles, name) ? roles[name] : undefined, part: part === "bias" ? "bias" : "weight" };
}
