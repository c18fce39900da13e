import { isSameLatent } from "@/components/latents/latent-href";
import { seenValues } from "@/components/latents/seen-values";
import { type UnitSizes, unitSizes } from "@/components/latents/value-unit";
import type { Edit } from "@/lib/contract/edit";
import type { LatentDetail } from "@/lib/contract/latent";
import type { DoseRequest } from "@/lib/contract/study";
import type { Tick } from "@/lib/numbers/ticks";
import { doseValueWords } from "./dose-values";

type Dosed = Pick<DoseRequest, "latent" | "operation" | "values" | "onlyIfFiring">;

/** What stands on the axis of values: named places, where the latent was never seen, and what the page's edits set now. */
export type DoseMarks = {
  readonly named: readonly Tick[];
  readonly seen: readonly [number, number] | null;
  readonly setNow: number | null;
  readonly nameOf: (value: number) => string;
};

export function doseMarks(dosed: Dosed, detail: LatentDetail | undefined, edits: readonly Edit[]): DoseMarks {
  const sizes = sizesOf(detail);
  const nameOf = (value: number) => doseValueWords(value, dosed.operation, sizes.p99);
  return { named: namedPlaces(dosed, sizes), seen: seenValues(dosed, detail), setNow: setNow(dosed, edits), nameOf };
}

/** Sizes of a latent's units without what its module writes. */
export function sizesOf(detail: LatentDetail | undefined): UnitSizes {
  return unitSizes({ detail, module: undefined, scaling: null });
}

/** Places whose names are read at a glance, the first ones first: 0, p99 and its whole multiples, max. Of factors none: their numbers say it. */
function namedPlaces({ operation, values }: Dosed, { p99, max }: UnitSizes): Tick[] {
  if (operation === "scale" || p99 === null) return [];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const multiples = [1, 2, 3, 4, -1, -2].map((times) => ({ value: times * p99, label: doseValueWords(times * p99, operation, p99) }));
  return [{ value: 0, label: "0" }, ...multiples, ...(max === null ? [] : [{ value: max, label: "max" }])].filter(
    ({ value }) => value >= low && value <= high,
  );
}

/** The last edit of the latent that is on and can be laid on this axis: ablating is a clamp at 0, or a factor of 0. */
function setNow({ latent, operation }: Dosed, edits: readonly Edit[]): number | null {
  const own = edits.filter((edit) => edit.isOn && "latent" in edit && isSameLatent(edit.latent, latent));
  const last = own.findLast(
    (edit) => edit.operation === operation || (edit.operation === "ablatePost" && (operation === "scale" || operation === "clamp")),
  );
  if (last === undefined) return null;
  return "value" in last ? last.value : 0;
}
