import type { TrainedKind } from "@/components/methods/form-method";
import { type ModelSummary, timesIn } from "@/lib/contract/model";
import { targetedProjections, targetName } from "./target-names";

export type ParameterCount = {
  /** Modules over all chosen layers. */
  modules: number;
  /** By projection kind. */
  kinds: readonly (TrainedKind & { readonly name: string })[];
};

/** What an adapter's parameters are counted from. `layers` null means all. */
export function countParameters(model: ModelSummary, targets: readonly string[], layers: readonly number[] | null): ParameterCount {
  const projections = targetedProjections(model, targets);
  const kinds = projections.map((projection) => ({
    name: targetName(projection, model.projections),
    dIn: projection.dIn,
    dOut: projection.dOut,
    hasBias: projection.hasBias === true,
    times: timesIn(projection, model, layers),
  }));
  return { modules: kinds.reduce((sum, { times }) => sum + times, 0), kinds };
}

/** Over all modules of all kinds. */
export function sumOver(kinds: readonly TrainedKind[], of: (kind: TrainedKind) => number): number {
  return kinds.reduce((sum, kind) => sum + of(kind) * kind.times, 0);
}
