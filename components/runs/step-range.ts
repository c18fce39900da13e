import type { StepRange } from "@/lib/client/runs";
import type { RunCurve, RunDetail } from "@/lib/contract/run";
import { endOfAxis, placeOfStep, type XAxis, xOf } from "./curves";

/** A range of steps as the address has it: `1200-3400`. */
export function readRange(text: string | null): StepRange | null {
  const [, first, last] = /^(\d{1,9})-(\d{1,9})$/.exec(text ?? "") ?? [];
  const [from, to] = [Number(first), Number(last)];
  return first !== undefined && from < to ? { from, to } : null;
}

export function writeRange({ from, to }: StepRange): string {
  return `${from}-${to}`;
}

/** The steps within a stretch of the axis; null where fewer than two points lie in it. */
export function stepsWithin(detail: RunDetail, axis: XAxis, [low, high]: readonly [number, number]): StepRange | null {
  const at = xOf(detail, axis);
  const inside = detail.metrics.filter((point) => {
    const x = at(point);
    return x !== null && x >= low && x <= high;
  });
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  return { from: first.step - first.steps + 1, to: last.step };
}

/** A run with the finer curve of a range in the place of the whole one, and the evaluations of that range. */
export function withinRange(detail: RunDetail, curve: RunCurve, { from, to }: StepRange): RunDetail {
  const isInside = ({ step }: { step: number }) => step >= from && step <= to;
  return {
    ...detail,
    ...curve,
    evaluations: detail.evaluations.filter(isInside),
    imported: detail.imported && { ...detail.imported, evaluations: detail.imported.evaluations.filter(isInside) },
  };
}

/** The ends of the axis: of a range, or from the beginning to where the training will end. */
export function xDomainOf(detail: RunDetail, axis: XAxis, range: StepRange | null): readonly [number, number] {
  if (range === null) return [0, endOfAxis(detail, axis) ?? 1];
  const place = placeOfStep(detail, axis);
  return [place(range.from), place(Math.min(range.to, detail.metrics.at(-1)?.step ?? range.to))];
}
