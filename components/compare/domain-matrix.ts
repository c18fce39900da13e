import type { ComparedSide, DomainScores } from "@/lib/contract/comparison";
import { formatFixed, formatSigned } from "@/lib/numbers/format";
import type { MatrixProps } from "./matrix";

export type DomainMatrix = MatrixProps & { readonly about: string; readonly legend: string };

/** One matrix of all sides, for a file. Losses as differences from the base model, answers as they are; colours always show the change, on one scale. */
export function domainMatrix(scores: DomainScores, sides: readonly ComparedSide[]): DomainMatrix {
  return matrixOf(
    scores,
    scores.sides.map((own) => ({ own, name: `${sides[own.side]?.name ?? ""}: ${trainedOn(sides[own.side])}` })),
  );
}

export type DomainGroup = { readonly name: string; readonly method: ComparedSide["method"]; readonly matrix: DomainMatrix };

/** A matrix for each group of sides that differ in their training domains; a single matrix, one row per side, if all were trained on the same. */
export function domainGroups(scores: DomainScores, sides: readonly ComparedSide[]): DomainGroup[] {
  const placed = scores.sides.flatMap((own) => {
    const side = sides[own.side];
    return side === undefined ? [] : [{ own, side }];
  });
  const groups = scores.isAcross ? [...new Set(placed.map(({ side }) => side.domainGroup))] : [null];
  return groups.flatMap((group): DomainGroup[] => {
    const members = placed.filter(({ side }) => group === null || side.domainGroup === group);
    const [first] = members;
    if (first === undefined) return [];
    const names = members.map(({ side }) => (scores.isAcross ? trainedOn(side) : side.name));
    const isDistinct = new Set(names).size === names.length;
    const rows = members.map(({ own, side }, row) => ({ own, name: isDistinct ? (names[row] ?? "") : `${side.name}: ${trainedOn(side)}` }));
    return [{ name: sharedStart(members.map(({ side }) => side.name)), method: first.side.method, matrix: matrixOf(scores, rows) }];
  });
}

function trainedOn(side: ComparedSide | undefined): string {
  return side?.domains?.join(", ") ?? "all";
}

/** The common beginning of names; the first name if they share fewer than three letters. */
function sharedStart([first = "", ...others]: readonly string[]): string {
  let length = first.length;
  for (const name of others) while (!name.startsWith(first.slice(0, length))) length--;
  const shared = others.length === 0 ? first : first.slice(0, length).replace(/[\s,:·(_-]+$/, "");
  return shared.length >= 3 ? shared : first;
}

type Row = { readonly own: DomainScores["sides"][number]; readonly name: string };

function matrixOf(scores: DomainScores, rows: readonly Row[]): DomainMatrix {
  const { metric, against, domains, name } = scores;
  const isChange = metric.unit === "nats";
  const of = against === "baseModel" ? "the base model" : "a constant prediction";
  const sizes = scores.sides.flatMap(({ changes }) => changes.flatMap((change) => (change === null ? [] : Math.abs(change))));
  const most = Math.max(...sizes, 1e-9);
  const sign = metric.better === "lower" ? 1 : -1;
  const shown = isChange ? `Δ ${metric.label} against ${of}, nats` : `${metric.label}${metric.unit === "share" ? ", %" : ""}`;
  return {
    caption: `${shown}: by side and domain, ${name}`,
    about: `${shown}: ${scores.isAcross ? "trained on row, " : ""}measured on column; ${name}`,
    corner: scores.isAcross ? "trained on" : "side",
    columns: domains,
    rows: rows.map(({ own, name: row }) => ({ name: row, values: isChange ? own.changes : own.values })),
    format: isChange
      ? (value) => formatSigned(value, 2)
      : metric.unit === "share"
        ? (value) => formatFixed(100 * value, 1)
        : (value) => formatFixed(value, 3),
    shade: (_, { row, column }) => (sign * (rows[row]?.own.changes[column] ?? 0)) / most,
    legend:
      sizes.length > 0
        ? `Teal: better than ${of}. Rose: worse. No intervals here: see the scorecard.`
        : `${of[0]?.toUpperCase()}${of.slice(1)} has no ${metric.label}, so cells are not coloured.`,
  };
}
