import { type ConceptProbes, probingCells, probingColumns } from "@/lib/contract/probing";
import { csvField } from "@/lib/numbers/csv-field";
import { formatFixed } from "@/lib/numbers/format";

type Named = { readonly name: string; readonly probes: ConceptProbes };

/** All probes of all concepts, as CSV. */
export function* probingLines(probings: readonly Named[]): Generator<string> {
  for (const cells of [probingColumns, ...probings.flatMap(({ name, probes }) => probingCells(name, probes))]) {
    yield `${cells.map(csvField).join(",")}\n`;
  }
}

/** The accuracies of one concept. */
export function probingLine({ name, probes: { module, latents, dense, constant } }: Named): string {
  const sparse = latents.map(({ k, accuracy }) => `${formatFixed(accuracy, 3)} on ${k}`).join(", ");
  return `accuracy ${sparse} latents, ${formatFixed(dense.accuracy, 3)} dense, ${formatFixed(constant, 3)} constant: ${module} for ${name}`;
}
