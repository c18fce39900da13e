import type { ModelSummary } from "./model";

/** Where a model that was fetched from the hub came from: its revision is kept as `owner/name@commit`, with `#file` for one GGUF file. Undefined for any other. */
export function hubOrigin({ revision }: Pick<ModelSummary, "revision">): { readonly id: string; readonly commit: string } | undefined {
  const [, id, commit] = /^(\w[\w.-]*\/\w[\w.-]*)@(\w+)(?:#.+)?$/.exec(revision) ?? [];
  return id === undefined || commit === undefined ? undefined : { id, commit };
}
