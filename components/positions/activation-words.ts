import { formatSignificant, notMeasured } from "@/lib/numbers/format";

/** An activation as a person reads it. @param activation null where none is stored */
export function activationWords(activation: number | null): string {
  if (activation === null) return notMeasured;
  return activation === 0 ? "0" : formatSignificant(activation);
}
