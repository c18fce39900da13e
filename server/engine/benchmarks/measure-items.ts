import type { Work } from "@/server/engine/studies/study-context";
import type { BenchmarkContext } from "./benchmark-context";
import { lossesOf, scatterLosses } from "./benchmark-losses";
import { type BenchmarkMaterial, type ItemReadings, presentRows } from "./benchmark-material";
import { measureChoices } from "./measure-choices";
import { measureCompletions } from "./measure-completions";

/**
 * Reads a benchmark with an adapter on or off. What a row gives does not hang on the order of calls: the same material gives the
 * same readings. Yields the units done after each pass; `unitsOf` says how many there are.
 *
 * @throws RangeError when every row is left out, or a reading is not a finite number
 */
export function* measureItems(context: BenchmarkContext, material: BenchmarkMaterial): Work<ItemReadings> {
  if (material.rows.every((row) => row === null)) throw new RangeError(`all ${material.rows.length} rows are left out`);
  const own: MeasuredBy<BenchmarkMaterial> = measuredBy[material.kind];
  return yield* own.measure(context, material);
}

/** Passes are counted in rows that are read, and in rows that are written. */
export function unitsOf(material: BenchmarkMaterial): number {
  const own: MeasuredBy<BenchmarkMaterial> = measuredBy[material.kind];
  return own.units(material);
}

type MeasuredBy<Material> = {
  measure(context: BenchmarkContext, material: Material): Work<ItemReadings>;
  units(material: Material): number;
};

/** How each kind of material is measured; one that lacks a part does not compile. */
const measuredBy: { readonly [Kind in BenchmarkMaterial["kind"]]: MeasuredBy<Extract<BenchmarkMaterial, { kind: Kind }>> } = {
  languageModel: {
    *measure(context, { rows }) {
      const { places, present } = presentRows(rows);
      return scatterLosses(rows.length, places, yield* lossesOf(context, present));
    },
    units: ({ rows }) => presentRows(rows).present.length,
  },
  completion: {
    measure: measureCompletions,
    units: ({ rows }) => 2 * presentRows(rows).present.length,
  },
  choice: {
    measure: measureChoices,
    units: ({ rows }) => presentRows(rows).present.reduce((sum, { choices }) => sum + choices.length, 0),
  },
};
