import type { AnswerView } from "@/components/steering/tasks/answers/answer-params";
import { shownClasses } from "@/components/steering/tasks/answers/answer-rows";
import type { DoseCurve } from "@/components/studies/dose/dose-curves";
import type { AnswerDose, TextAnswer } from "@/lib/contract/read-text";

const mostClasses = 4;

/** One curve a class, or that of a regression's number, over the values of a latent; of many classes those that any value thinks most probable. */
export function answerCurves(dose: AnswerDose, view: AnswerView): DoseCurve[] {
  const { adapter, base, points, controls } = dose;
  if (adapter.kind === "number") return [curveOf(dose, { key: "number", title: "Number", unit: "", of: numberOf })];
  const rows = [adapter, base, ...[points, ...controls.map((control) => control.points)].flat().map(({ answer }) => answer)];
  return shownClasses(
    rows.map((answer) => ({ answer })),
    mostClasses,
  ).map((place) => {
    const of = (answer: TextAnswer) => (answer.kind === "classes" ? (answer.classes[place]?.[view] ?? Number.NaN) : Number.NaN);
    const title = adapter.classes[place]?.label ?? String(place);
    return curveOf(dose, { key: `class ${place}`, title, unit: view === "probability" ? "probability" : "logit", of });
  });
}

type Quantity = Pick<DoseCurve, "key" | "title" | "unit"> & { readonly of: (answer: TextAnswer) => number };

function curveOf({ adapter, base, points, controls }: AnswerDose, { of, ...named }: Quantity): DoseCurve {
  return {
    ...named,
    points: points.map(({ value, answer }) => ({ x: value, y: of(answer), halfWidth: null })),
    band: points.flatMap(({ value }, at) => {
      const read = controls.flatMap((control) => {
        const point = control.points[at];
        return point === undefined ? [] : [of(point.answer)];
      });
      return read.length === 0 ? [] : [{ x: value, low: Math.min(...read), high: Math.max(...read), count: read.length }];
    }),
    adapter: of(adapter),
    base: of(base),
    reference: "adapter",
    isMore: false,
  };
}

function numberOf(answer: TextAnswer): number {
  return answer.kind === "number" ? answer.value : Number.NaN;
}
