import { columnOf, type LatentColumnName } from "./latent-columns";

/** Columns from the table's left; module and index, which always stand there, before all others. */
export function inTableOrder<Name extends LatentColumnName>(names: readonly Name[]): Name[] {
  const placeOf = (name: Name) => columnOf(name).table?.place ?? 0;
  return names.toSorted((a, b) => placeOf(a) - placeOf(b));
}
