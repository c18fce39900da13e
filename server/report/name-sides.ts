import type { ReportMaterial } from "./material";

/** Other names for the sides, by place: wherever a verdict or a remark names one, it is called so too. */
export function nameSides<Named extends Pick<ReportMaterial, "comparison" | "pairs" | "latents">>(
  material: Named,
  names: readonly string[],
): Named {
  const { comparison, pairs, latents } = material;
  const changed = comparison.sides.flatMap(({ name }, place) =>
    names[place] === undefined || names[place] === name ? [] : [[name, names[place]] as const],
  );
  // The longest first: one name may begin another.
  const inOrder = changed.toSorted(([one], [other]) => other.length - one.length);
  const pattern = new RegExp(inOrder.map(([name]) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  const byName = new Map(inOrder);
  const renamed = (text: string) => (inOrder.length === 0 ? text : text.replace(pattern, (name) => byName.get(name) ?? name));
  return {
    ...material,
    comparison: { ...comparison, sides: comparison.sides.map((side, place) => ({ ...side, name: names[place] ?? side.name })) },
    pairs: pairs.map((pair) => ({
      ...pair,
      scorecard: {
        ...pair.scorecard,
        lines: pair.scorecard.lines.map((line) => ({ ...line, verdict: { ...line.verdict, text: renamed(line.verdict.text) } })),
      },
    })),
    latents: { ...latents, remarks: latents.remarks.map(renamed) },
  };
}

/** Names without the end that all of them share from a comma on: runs of one experiment end in its name. */
export function withoutSharedEnd(names: readonly string[]): string[] {
  const [first = "", ...others] = names;
  const ends = [...first.matchAll(/, /g)].map(({ index }) => first.slice(index));
  const shared = others.length === 0 ? undefined : ends.find((end) => others.every((name) => name.endsWith(end)));
  const short = shared === undefined ? [...names] : names.map((name) => name.slice(0, name.length - shared.length));
  return new Set(short).size === names.length ? short : [...names];
}
