import type { SideLatents } from "@/lib/contract/comparison";
import { nounsOf } from "@/lib/contract/methods/methods";
import type { PositionWords } from "@/lib/contract/positions/position-kind";
import { commonWords } from "@/lib/contract/positions/positions";
import { formatFixed, formatInteger, formatPercent, formatSignificant, notMeasured } from "@/lib/numbers/format";
import type { Block, Section, Table } from "@/server/report/document";
import type { ReportMaterial } from "@/server/report/material";

type Line = { readonly name: string; readonly unit: (positions: PositionWords) => string; readonly of: (latents: SideLatents) => string };

const percent = (value: number) => formatPercent(value);

const lines: readonly Line[] = [
  { name: "Fired", unit: () => "of all", of: ({ fired, numLatents }) => `${formatInteger(fired)} of ${formatInteger(numLatents)}` },
  { name: "Density", unit: ({ plural }) => `share of counted ${plural}`, of: ({ density }) => spread(density, percent) },
  {
    name: "Selectivity",
    unit: () => "largest share of domain-balanced firings in one domain",
    of: ({ selectivity }) => spread(selectivity, percent),
  },
  { name: "Effect", unit: () => "|attribution|, nats per firing, first order", of: ({ effect }) => spread(effect, formatSignificant) },
  { name: "Output share", unit: () => "of its module's update", of: ({ outputShare }) => spread(outputShare, percent) },
  { name: "Stable across seeds", unit: () => "matched one to one by cosine of decoder columns", of: stabilityWords },
  { name: "Collected over", unit: ({ plural }) => `counted ${plural}`, of: ({ tokens }) => formatInteger(tokens) },
];

/** Latents of STAN beside rank components of LoRA, of those sides that have a collection. */
export function latentsSection({ latents: { sides, remarks }, comparison }: ReportMaterial): Section | undefined {
  if (sides.length === 0) return undefined;
  const named = sides.flatMap(({ side, latents }) => {
    const found = comparison.sides[side];
    return found === undefined ? [] : [{ name: found.name, kind: `${nounsOf(found.method).longNoun}s`, latents }];
  });
  const positions = commonWords(named.map(({ latents }) => latents.positionKind));
  const table: Table = {
    caption: "Median (10th–90th percentile) over those that fired",
    columns: [{ name: "Number" }, ...named.map(({ name, kind }) => ({ name, unit: kind, isNumeric: true }))],
    rows: lines.map(({ name, unit, of }) => [{ text: name, below: unit(positions) }, ...named.map(({ latents }) => of(latents))]),
    note: `A rank component of LoRA (row i of A with column i of B) is treated as a latent. It is dense and signed, whereas a STAN latent is kept at only some ${positions.plural}, so density and selectivity of the two are not comparable.`,
  };
  const blocks: Block[] = [{ kind: "table", ...table }, ...(remarks.length > 0 ? [{ kind: "list" as const, items: remarks }] : [])];
  return { title: "Latents and rank components", blocks };
}

function spread(of: SideLatents["density"], format: (value: number) => string): string {
  return of === null ? notMeasured : `${format(of.median)} (${format(of.low)} to ${format(of.high)})`;
}

function stabilityWords({ stability }: SideLatents): string {
  if (stability === null) return notMeasured;
  const { shareMatched, threshold, medianCosine, modules, modulesTotal } = stability;
  const part = modules < modulesTotal ? `, ${modules} of ${modulesTotal} modules` : "";
  return `${formatPercent(shareMatched)} above ${formatFixed(threshold, 2)}, median cosine ${formatFixed(medianCosine, 2)}${part}`;
}
