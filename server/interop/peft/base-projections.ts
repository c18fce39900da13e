import type { ModelSummary } from "@/lib/contract/model";
import type { BaseProjections } from "@/server/files/adapters/adapter-folder";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";

/**
 * The adaptable projections of all blocks of a base model, from its tensors' names and shapes alone.
 *
 * @throws FileError when the model's files are gone or damaged
 */
export function baseProjections(model: Pick<ModelSummary, "path" | "architecture" | "projections">): BaseProjections {
  const { weights } = openCheckpoint(model.path);
  try {
    const known = new Set(model.projections.map(({ name }) => name));
    const found = weights.names().flatMap((name) => {
      const [, module = "", last = ""] = /^(.*\.(?:layers?|h)\.\d+\.(?:.+\.)?([^.]+))\.weight$/.exec(`.${name}`) ?? [];
      const [rows, columns, ...rest] = weights.shape(name);
      if (!known.has(last) || rows === undefined || columns === undefined || rest.length > 0) return [];
      // GPT-2 stores its matrices (in, out), all others (out, in).
      const widths = model.architecture === "gpt2" ? { dIn: rows, dOut: columns } : { dIn: columns, dOut: rows };
      return [[wholeName(module.slice(1), model.architecture), widths] as const];
    });
    return new Map(found);
  } finally {
    weights.close();
  }
}

/** The first GPT-2 checkpoints name their tensors without the model's prefix. */
function wholeName(module: string, architecture: string): string {
  return architecture === "gpt2" && !module.startsWith("transformer.") ? `transformer.${module}` : module;
}
