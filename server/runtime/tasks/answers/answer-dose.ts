import type { Edit } from "@/lib/contract/edit";
import type { AnswerDose, AnswerDoseRequest, TextAnswer } from "@/lib/contract/read-text";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { Classifier } from "@/server/engine/tasks/answers/effects/classifier";
import { editedScores } from "@/server/engine/tasks/answers/effects/edited-answer";
import type { WholeInput } from "@/server/engine/tasks/answers/effects/read-whole";
import type { DeviceTurns } from "@/server/runtime/device-turns";
import { takeTurns } from "@/server/runtime/take-turns";

type Dosing = {
  readonly classifier: Classifier;
  readonly adapter: Adapter;
  readonly row: WholeInput;
  /** Those that stay on throughout; the studied one comes after them. */
  readonly edits: readonly Edit[];
  readonly dose: AnswerDoseRequest;
  /** Latents that it is held against. */
  readonly controls: readonly number[];
  /** Without the adapter. */
  readonly base: TextAnswer;
  readonly isSpecial: (id: number) => boolean;
  readonly answerOf: (scores: ArrayLike<number>) => TextAnswer;
};

/**
 * Answers of a text over the values of one latent, and over those of its controls, which write as much.
 *
 * @throws RangeError when the adapter has not the latent; Error when aborted
 */
export async function answerDose(
  { classifier, adapter, row, edits, dose, controls, base, isSpecial, answerOf }: Dosing,
  turns: DeviceTurns,
  signal: AbortSignal,
): Promise<AnswerDose> {
  const { latent, operation } = dose;
  const values = [...new Set(dose.values)].sort((a, b) => a - b);
  const norms = adapter.decoderNorms().get(latent.module);
  const studied = [latent.index, ...controls].map((index) => ({ index, factor: factorOf(norms, operation, latent.index, index) }));
  const lists = studied.flatMap(({ index, factor }) => values.map((value) => [...edits, editAt(dose, index, value * factor)]));
  const passes = editedScores(classifier, adapter, row, [edits, ...lists], { isSpecial });
  const [plain = new Float32Array(), ...scores] = await takeTurns(passes, { turns, kind: "interactive", signal });
  const [own, ...others] = studied.map(({ index, factor }, place) => ({
    index,
    factor,
    points: values.map((value, at) => ({ value, answer: answerOf(scores[place * values.length + at] ?? []) })),
  }));
  return { kind: "dose", adapter: answerOf(plain), base, points: own?.points ?? [], controls: others };
}

/** Of a factor 1; else what makes a control write as much as the latent at its value. */
function factorOf(norms: Float32Array | undefined, operation: AnswerDoseRequest["operation"], latent: number, control: number): number {
  if (operation === "scale" || latent === control) return 1;
  return (norms?.[latent] ?? 1) / (norms?.[control] ?? 1);
}

function editAt({ latent, operation, scope, onlyIfFiring }: AnswerDoseRequest, index: number, value: number): Edit {
  return { operation, latent: { ...latent, index }, value, scope, isOn: true, ...(onlyIfFiring === undefined ? {} : { onlyIfFiring }) };
}
