import type { ModelSummary } from "@/lib/contract/model";

type Projection = ModelSummary["projections"][number];

/**
 * The shortest ending of a projection's name that no other projection of the block shares: `q_proj`, but `mlp.c_proj` beside `attn.c_proj`. It begins before
 * any number, `to_out.0` and `net.0.proj`: PEFT, which takes endings too, would find other modules by the number or what follows it.
 */
export function targetName(projection: Projection, all: readonly Projection[]): string {
  const parts = projection.name.split(".");
  const numbered = parts.findIndex((part) => /^\d+$/.test(part));
  const last = numbered < 0 ? parts.length - 1 : numbered - 1;
  for (let from = last; from > 0; from--) {
    const ending = parts.slice(from).join(".");
    if (all.filter((other) => matchesTarget(other.name, ending)).length === 1) return ending;
  }
  return projection.name;
}

/** Whether a target names a projection, as PEFT matches: the whole name or its last parts. */
export function matchesTarget(name: string, target: string): boolean {
  return name === target || name.endsWith(`.${target}`);
}

/** The projections that some target names. */
export function targetedProjections(model: ModelSummary, targets: readonly string[]): Projection[] {
  return model.projections.filter((projection) => targets.some((target) => matchesTarget(projection.name, target)));
}
