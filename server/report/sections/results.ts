import { scoreName } from "@/lib/comparison/score-words";
import type { EvaluationMetrics } from "@/lib/contract/run";
import { lossAxis, tasks } from "@/lib/contract/tasks/tasks";
import { formatFixed, formatPlural, formatSigned } from "@/lib/numbers/format";
import { tooFewWords } from "@/lib/numbers/statistics/enough-examples";
import type { Cell, Section, Table } from "@/server/report/document";
import type { ReportMaterial } from "@/server/report/material";
import { withoutSharedEnd } from "@/server/report/name-sides";
import { writeScore } from "@/server/report/words/score-words";

/** Every run by itself, so that means can be computed again. */
export function resultsSection(material: ReportMaterial): Section {
  return { title: "Every run", blocks: [{ kind: "table", ...runTable(material) }] };
}

function runTable({ comparison: { sides }, pairs, runs }: ReportMaterial): Table {
  const task = sides[0]?.task ?? "languageModel";
  const scores = pairs[0]?.scorecard.scores.filter(({ key }) => key !== "evaluation") ?? [];
  const names = sides.flatMap((side) => side.runs.map((run) => run.name));
  const short = new Map(withoutSharedEnd(names).map((name, place) => [names[place], name]));
  const rows = sides.flatMap((side) =>
    side.runs.map(({ id, name, seed, status, step, steps }) => {
      const evaluation = runs.get(id)?.run.latestEvaluation ?? null;
      return [
        { text: short.get(name) ?? name, below: `${side.name}; id ${id}` },
        seed === null ? "not known" : String(seed),
        status,
        step === steps ? String(step) : `${step} of ${steps}`,
        evaluation === null ? "–" : { text: formatFixed(evaluation.loss, 4), below: formatPlural(evaluation.rows, "row") },
        evaluation === null ? "–" : formatFixed(evaluation.baseLoss, 4),
        evaluation === null ? "–" : differenceCell(evaluation),
        ...scores.map((score) => {
          const found = score.values.find(({ runId }) => runId === id);
          return found === undefined ? "–" : writeScore(score, found.value);
        }),
      ];
    }),
  );
  return {
    caption: "Every compared run at the end of training",
    columns: [
      { name: "Run" },
      { name: "Seed", isNumeric: true },
      { name: "Status" },
      { name: "Step", isNumeric: true },
      { name: "Loss on held-out rows", unit: lossAxis(tasks[task].loss), isNumeric: true },
      { name: `Loss of the ${tasks[task].reference.kind}`, isNumeric: true },
      { name: "Difference, mean over rows", unit: "± 95 %", isNumeric: true },
      ...scores.map((score) => ({ name: scoreName(score), isNumeric: true })),
    ],
    rows,
  };
}

function differenceCell({ difference, differenceHalfWidth, rows }: EvaluationMetrics): Cell {
  const text = formatSigned(difference, 4);
  return { text, below: differenceHalfWidth === null ? tooFewWords(rows) : `±\u00a0${formatFixed(differenceHalfWidth, 4)}` };
}
