import { firingWord } from "@/components/latents/firing-word";
import { strongestFirst } from "@/components/latents/strongest-first";
import type { ExampleBand, LatentDetail, LatentExample } from "@/lib/contract/latent";
import { formatInteger, formatPlural, formatSignificant } from "@/lib/numbers/format";

/** Which examples come first and which are shown at all: a band by its number from 1, the weakest; the strongest; or a range of activations. */
export type ExampleChoice = {
  readonly band: number | "top" | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly domain: string | null;
};

export const noChoice: ExampleChoice = { band: null, from: null, to: null, domain: null };

export type ExampleGroup = {
  readonly key: string;
  /** The key that chooses it; null for a group that has none. */
  readonly shortcut: string | null;
  readonly title: string;
  /** Range of activations and what the examples are out of. */
  readonly facts: string;
  readonly isChosen: boolean;
  /** Strongest first. */
  readonly examples: readonly LatentExample[];
};

type Examples = Pick<LatentDetail, "examples" | "bands"> & {
  readonly row: Pick<LatentDetail["row"], "minActivation" | "maxActivation" | "fireCount">;
};

/**
 * The stored examples in groups: what is chosen first, then the strongest and every band from strong to weak, in the domain that is wanted. The strongest of a
 * dense component are a group for each sign that it has.
 */
export function exampleGroups(detail: Examples, choice: ExampleChoice, isDense = false): ExampleGroup[] {
  const kept = (examples: readonly LatentExample[]) =>
    strongestFirst(examples.filter(({ domain }) => choice.domain === null || domain === choice.domain));
  const isSigned = (detail.row.minActivation ?? 0) < 0;
  const groups: ExampleGroup[] = [
    ...tops(detail, isSigned, isDense).map(({ examples, ...group }) => ({
      ...group,
      shortcut: null,
      isChosen: choice.band === "top",
      examples: kept(examples),
    })),
    ...detail.bands
      .map((band, place) => ({
        key: `band-${place + 1}`,
        shortcut: String(place + 1),
        title: `${bandName(place, detail.bands.length)}, ranks ${bandRanks(band)} %`,
        facts: [rangeText([band.lowest, band.highest], isSigned, { isEstimate: true }), formatPlural(band.firings, firingWord(isDense))]
          .filter(Boolean)
          .join(" · "),
        isChosen: choice.band === place + 1,
        examples: kept(band.examples),
      }))
      .reverse(),
  ];
  const brushed = brushedGroup(detail, choice, kept, isSigned);
  const chosen = groups.filter(({ isChosen }) => isChosen);
  return [...(brushed === null ? [] : [brushed]), ...chosen, ...groups.filter(({ isChosen }) => !isChosen)];
}

function tops(
  { examples, row }: Examples,
  isSigned: boolean,
  isDense: boolean,
): Pick<ExampleGroup, "key" | "title" | "facts" | "examples">[] {
  if (!isDense) {
    const sizes = examples.map(({ activation }) => Math.abs(activation));
    return [{ key: "top", title: `${formatInteger(examples.length)} strongest`, facts: rangeText(endsOf(sizes), isSigned), examples }];
  }
  const positive = examples.filter(({ activation }) => activation > 0);
  const negative = examples.filter(({ activation }) => activation < 0);
  const facts = (list: readonly LatentExample[]) =>
    rangeText(endsOf(list.map(({ activation }) => activation)), isSigned, { isByValue: true });
  return [
    { key: "top", title: `${formatInteger(positive.length)} highest, positive tail`, facts: facts(positive), examples: positive },
    { key: "low", title: `${formatInteger(negative.length)} lowest, negative tail`, facts: facts(negative), examples: negative },
  ].filter(({ key }) => (key === "top" ? (row.maxActivation ?? 1) > 0 : isSigned));
}

/** A band's ranks as a person reads them: `75–95`. */
export function bandRanks({ from, to }: Pick<ExampleBand, "from" | "to">): string {
  return `${formatSignificant(from * 100, 2)}–${formatSignificant(to * 100, to === 1 ? 3 : 2)}`;
}

/** The range of |activation| that a choice stands for; null when all are meant. */
export function rangeOfBand(detail: Pick<LatentDetail, "bands">, band: ExampleChoice["band"]): readonly [number, number] | null {
  const chosen = typeof band === "number" ? detail.bands[band - 1] : undefined;
  return chosen === undefined || chosen.lowest === null || chosen.highest === null ? null : [chosen.lowest, chosen.highest];
}

/** All stored examples with an activation in the brushed range, each once; null when nothing is brushed. */
function brushedGroup(
  detail: Examples,
  { from, to }: ExampleChoice,
  kept: (examples: readonly LatentExample[]) => LatentExample[],
  isSigned: boolean,
): ExampleGroup | null {
  if (from === null && to === null) return null;
  const stored = new Map<string, LatentExample>();
  for (const example of [...detail.examples, ...detail.bands.flatMap(({ examples }) => examples)]) {
    const place = `${example.row} ${example.position}`;
    const isInside = (from === null || example.activation >= from) && (to === null || example.activation <= to);
    if (isInside && !stored.has(place)) stored.set(place, example);
  }
  const examples = kept([...stored.values()]);
  return {
    key: "brushed",
    shortcut: null,
    title: "Brushed",
    facts: `${rangeText([from, to], isSigned, { isByValue: true })} · ${formatPlural(examples.length, "stored example")}`,
    isChosen: true,
    examples,
  };
}

function endsOf(values: readonly number[]): [number | null, number | null] {
  return values.length === 0 ? [null, null] : [Math.min(...values), Math.max(...values)];
}

function rangeText(
  [low, high]: readonly [number | null, number | null],
  isSigned: boolean,
  { isByValue = false, isEstimate = false } = {},
): string {
  if (low === null && high === null) return "";
  const name = isSigned && !isByValue ? "|activation|" : "activation";
  if (low === null) return `${name} up to ${formatSignificant(high ?? 0)}`;
  if (high === null) return `${name} from ${formatSignificant(low)}`;
  return `${name} ${isEstimate ? "≈ " : ""}${formatSignificant(low)} – ${formatSignificant(high)}`;
}

const names = ["Weakest", "Lower", "Middle", "Upper", "Top band"] as const;

function bandName(place: number, bands: number): string {
  return bands === names.length ? (names[place] ?? "Band") : `Band ${place + 1}`;
}
