import type { Adapter } from "@/server/engine/adapters/adapter";
import { attributeAnswers } from "@/server/engine/effects/attribution";
import { groupByLength } from "@/server/engine/models/row-batches";
import { layRows } from "@/server/engine/tasks/answers/answered-rows";
import { measureAnswerAblations } from "@/server/engine/tasks/answers/effects/answer-ablation";
import { FileError } from "@/server/files/file-error";
import { demandEncoder } from "@/server/runtime/models/load-base-model";
import type { LoadedHead } from "@/server/runtime/models/loaded-top";
import type { AnsweredDataRow } from "@/server/runtime/rows/answered-row";
import {
  attributionTokens,
  describeEffects,
  type InputSource,
  type LatentModel,
  type LatentRows,
  type MeasuredSource,
} from "@/server/runtime/tasks/latent-rows";
import { classNames } from "./class-names";
import { readHeldOutAnswers, readLabelledRows } from "./labelled-rows";

/** Latents of an encoder are measured on the loss of the head's predictions for labelled rows that the run holds out. */
export async function heldOutAnswerRows(
  model: LatentModel,
  { data, isTrainedHere, runName, ...request }: MeasuredSource,
): Promise<LatentRows> {
  const { classifier, folder } = model;
  const labels = classNames(folder, model);
  const kind = isTrainedHere ? "held-out rows" : "rows that the run may have been trained on";
  if (classifier === undefined) return { count: 0, kind, attribute: noHead, ablate: noHead };
  const rows =
    data === undefined ? [] : await readHeldOutAnswers({ ...request, data }, { task: classifier.task, labels }, demandEncoder(model.base));
  return latentRows(model.adapter, classifier, { rows, kind, labels });

  function noHead(): never {
    throw new Error(`the run ${runName} has no head, so there are no predictions to measure`);
  }
}

/** @throws FileError where no row has an answer, or there is no head */
export async function inputAnswerRows(model: LatentModel, source: InputSource): Promise<LatentRows> {
  const { classifier, folder } = model;
  if (classifier === undefined) throw new FileError("invalid", folder, "has no head, so there are no predictions to attribute");
  const labels = classNames(folder, model);
  const rows = await readLabelledRows(source, { task: classifier.task, labels }, demandEncoder(model.base));
  return latentRows(model.adapter, classifier, { rows, kind: "labelled rows", labels });
}

type Rows = { readonly rows: readonly AnsweredDataRow[]; readonly kind: string; readonly labels: readonly string[] | undefined };

function latentRows(adapter: Adapter, { task, model, head }: LoadedHead, { rows, kind, labels }: Rows): LatentRows {
  return {
    count: rows.length,
    kind,
    attribute() {
      const lengths = rows.map((row) => model.encoder.inputs.tokensOf(row));
      const batches = groupByLength(lengths, attributionTokens).map((own) =>
        layRows(
          task,
          own.flatMap((place) => rows[place] ?? []),
          model,
        ),
      );
      return attributeAnswers(model, () => head.read(), adapter, batches);
    },
    ablate(targets, options) {
      if (rows.length < 2) {
        throw new Error(
          "the run has fewer than two labelled held-out rows left; effects are measured on labelled rows that it was not trained on",
        );
      }
      const events = measureAnswerAblations({ task, model, head: () => head.read() }, adapter, rows, targets, options);
      return describeEffects(events, ({ scores, ...effect }) => ({
        ...effect,
        writes: null,
        answer: scores === null ? null : task.answerChange(scores, labels),
      }));
    },
  };
}
