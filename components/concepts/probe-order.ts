import { type ConceptProbes, type Probe, probeSizes } from "@/lib/contract/probing";

export type ProbeMeasure = "accuracy" | "auroc";
export type ProbedConcept = { readonly name: string; readonly probes: ConceptProbes };

/** Concepts with their probes, which come in the same order. */
export function probed(concepts: readonly { readonly name: string }[], probes: readonly ConceptProbes[]): ProbedConcept[] {
  return concepts.flatMap(({ name }, at) => {
    const own = probes[at];
    return own === undefined ? [] : [{ name, probes: own }];
  });
}

/** The name, the place of a size among `probeSizes`, or the dense probe. */
export type ProbeKey = "name" | number | "dense";
export type ProbeOrder = { readonly key: ProbeKey; readonly order: "asc" | "desc" };

/** Concepts in an order, by the probes on latents or the dense one. */
export function orderProbed(concepts: readonly ProbedConcept[], { key, order }: ProbeOrder, measure: ProbeMeasure): ProbedConcept[] {
  const sign = order === "asc" ? 1 : -1;
  if (key === "name") return concepts.toSorted((a, b) => sign * a.name.localeCompare(b.name));
  const measureOf = ({ probes }: ProbedConcept) => (key === "dense" ? probes.dense : probes.latents[key])?.[measure] ?? 0;
  return concepts.toSorted((a, b) => sign * (measureOf(a) - measureOf(b)));
}

/** The AUROC of a constant is chance. */
export function constantOf({ constant }: ConceptProbes, measure: ProbeMeasure): number {
  return measure === "auroc" ? 0.5 : constant;
}

export type ProbeMeans = {
  readonly latents: readonly number[];
  readonly channels: readonly number[];
  readonly dense: number;
  readonly constant: number;
};

/** Over concepts. */
export function meansOf(concepts: readonly ProbedConcept[], measure: ProbeMeasure): ProbeMeans {
  const mean = (read: (probes: ConceptProbes) => number) => concepts.reduce((sum, { probes }) => sum + read(probes), 0) / concepts.length;
  const bySize = (read: (probes: ConceptProbes) => readonly Probe[]) =>
    probeSizes.map((_, size) => mean((probes) => read(probes)[size]?.[measure] ?? 0));
  return {
    latents: bySize(({ latents }) => latents),
    channels: bySize(({ channels }) => channels),
    dense: mean(({ dense }) => dense[measure]),
    constant: mean((probes) => constantOf(probes, measure)),
  };
}
