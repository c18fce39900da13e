import { z } from "zod";

/** The domains that every arm is trained on. */
export const trainedOn = z.enum(["together", "each", "eachAndTogether", "sets"]);
export type TrainedOn = z.infer<typeof trainedOn>;

/**
 * The domain sets, each of which every arm is trained on.
 *
 * @param typed sets separated by semicolons, domains by commas
 * @param names all domains that results are reported on
 * @returns null if all are trained together
 * @throws Error saying what is wrong with the sets
 */
export function domainSetsOf(trainedOn: TrainedOn, typed: string, names: readonly string[]): string[][] | null {
  const each = names.map((name) => [name]);
  switch (trainedOn) {
    case "together":
      return null;
    case "each":
      return demandSeveral(each);
    case "eachAndTogether":
      return [...demandSeveral(each), [...names]];
    case "sets":
      return demandSeveral(typedSets(typed, names));
  }
}

function typedSets(typed: string, names: readonly string[]): string[][] {
  const sets = typed
    .split(";")
    .map((set) =>
      set
        .split(",")
        .map((name) => name.trim())
        .filter(Boolean),
    )
    .filter((set) => set.length > 0);
  const stranger = sets.flat().find((name) => !names.includes(name));
  if (stranger !== undefined) throw new Error(`Sets of domains: "${stranger}" is not one of ${names.join(", ")}.`);
  return sets;
}

function demandSeveral(sets: string[][]): string[][] {
  if (sets.length >= 2) return sets;
  throw new Error("Sets of domains: enter at least two, separated by semicolons, such as films; goods, notes. Or train on all together.");
}
