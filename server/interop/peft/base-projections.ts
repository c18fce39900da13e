import { isEncoder, type ModelSummary } from "@/lib/contract/model";
import type { BaseProjections } from "@/server/files/adapters/adapter-folder";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { encoderPrefix } from "./base-head";

/** The adaptable projections of all blocks of a base model, and of an encoder's pooler, by the names that PEFT gives them. */
type Base = Pick<ModelSummary, "path" | "architecture" | "projections">;

/**
 * Read from the tensors' names and shapes alone.
 *
 * @throws FileError when the model's files are gone or damaged
 */
export function baseProjections(model: Base): BaseProjections {
  const { weights } = openCheckpoint(model.path);
  try {
    const found = weights.names().flatMap((name) => {
      const module = name.endsWith(".weight") ? moduleOf(name.slice(0, -".weight".length), model) : undefined;
      const [rows, columns, ...rest] = weights.shape(name);
      if (module === undefined || rows === undefined || columns === undefined || rest.length > 0) return [];
      // GPT-2 stores its matrices (in, out), all others (out, in).
      const widths = model.architecture === "gpt2" ? { dIn: rows, dOut: columns } : { dIn: columns, dOut: rows };
      return [[module, widths] as const];
    });
    return new Map(found);
  } finally {
    weights.close();
  }
}

/** The whole name of a projection, from that of its checkpoint's; undefined for what is none. */
function moduleOf(stored: string, model: Base): string | undefined {
  if (isEncoder(model)) return encoderModule(stored, model.architecture);
  const last = /^(?:.*\.)?(?:layers?|h)\.\d+\.(?:.+\.)?([^.]+)$/.exec(stored)?.[1];
  if (!model.projections.some(({ name }) => name === last)) return undefined;
  // The first GPT-2 checkpoints name their tensors without the model's prefix.
  return model.architecture === "gpt2" && !stored.startsWith("transformer.") ? `transformer.${stored}` : stored;
}

/** A bare encoder's checkpoint lacks the prefix; RoBERTa's head reads no pooler, and DeBERTa's stands outside the prefix. */
function encoderModule(stored: string, architecture: string): string | undefined {
  const prefix = encoderPrefix(architecture);
  const inner = stored.startsWith(`${prefix}.`) ? stored.slice(prefix.length + 1) : stored;
  if (inner === "pooler.dense") return architecture === "roberta" ? undefined : architecture === "bert" ? `${prefix}.${inner}` : inner;
  return /^encoder\.layer\.\d+\./.test(inner) ? `${prefix}.${inner}` : undefined;
}
