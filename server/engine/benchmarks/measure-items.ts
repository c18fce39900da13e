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
  switch (material.kind) {
    case "languageModel": {
      const { places, present } = presentRows(material.rows);
      return scatterLosses(material.rows.length, places, yield* lossesOf(context, present));
    }
    case "completion":
      return yield* measureCompletions(context, material);
    case "choice":
      return yield* measureChoices(context, material);
  }
}

/** Passes are counted in rows that are read, and in rows that are written. */
export function unitsOf(material: BenchmarkMaterial): number {
  switch (material.kind) {
    case "languageModel":
      return presentRows(material.rows).present.length;
    case "completion":
      return 2 * presentRows(material.rows).present.length;
    case "choice":
      return presentRows(material.rows).present.reduce((sum, { choices }) => sum + choices.length, 0);
  }
}
