import type { ComparedSide, DomainScores } from "@/lib/contract/comparison";
import { formatFixed, formatSigned } from "@/lib/numbers/format";
import type { MatrixProps } from "./matrix";

export type DomainMatrix = MatrixProps & { readonly about: string; readonly key: string };

/** Losses as what they add to the base model's; answers as they are. Colours are of the change either way, on one scale. */
export function domainMatrix(scores: DomainScores, sides: readonly ComparedSide[]): DomainMatrix {
  const { metric, against, domains, name } = scores;
  const isChange = metric.unit === "nats";
  const of = against === "baseModel" ? "the base model" : "a constant answer";
  const changes = scores.sides.map((one) => one.changes);
  const sizes = changes.flat().flatMap((change) => (change === null ? [] : Math.abs(change)));
  const most = Math.max(...sizes, 1e-9);
  const sign = metric.better === "lower" ? 1 : -1;
  const isKnown = sizes.length > 0;
  const shown = isChange ? `Δ ${metric.label} against ${of}, nats` : `${metric.label}${metric.unit === "share" ? ", %" : ""}`;
  return {
    caption: `${shown}: by side and domain, ${name}`,
    about: `${shown}: ${scores.isAcross ? "trained on row, " : ""}measured on column; ${name}`,
    corner: scores.isAcross ? "trained on" : "side",
    columns: domains,
    rows: scores.sides.map(({ side: place, values, changes: own }) => {
      const side = sides[place];
      return { name: `${side?.name ?? ""}: ${side?.domains?.join(", ") ?? "all"}`, values: isChange ? own : values };
    }),
    format: isChange
      ? (value) => formatSigned(value, 2)
      : metric.unit === "share"
        ? (value) => formatFixed(100 * value, 1)
        : (value) => formatFixed(value, 3),
    shade: (_, { row, column }) => (sign * (changes[row]?.[column] ?? 0)) / most,
    key: isKnown
      ? `Teal is better than ${of}, rose worse; a domain's colour is palest where they are alike. Numbers have no intervals here: the scorecard has.`
      : `${of[0]?.toUpperCase()}${of.slice(1)} has no ${metric.label}, so that there are no colours.`,
  };
}
