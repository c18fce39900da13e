import { type Choice, chosenAnswer } from "@/lib/numbers/metrics/language";
import type { Work } from "@/server/engine/studies/study-context";
import type { BenchmarkContext } from "./benchmark-context";
import { lossesOf, scatterLosses } from "./benchmark-losses";
import { type BenchmarkMaterial, type ItemReadings, presentRows } from "./benchmark-material";

/**
 * The log-likelihood of every choice after its question (lm-evaluation-harness, `multiple_choice`): the answer is the most probable one,
 * and besides the most probable one per byte. The loss is the right choice's.
 */
export function* measureChoices(context: BenchmarkContext, material: Extract<BenchmarkMaterial, { kind: "choice" }>): Work<ItemReadings> {
  const { places, present } = presentRows(material.rows);
  const losses = yield* lossesOf(
    context,
    present.flatMap(({ choices }) => choices.map(({ labelled }) => labelled)),
  );
  const [right, rightPerByte] = [new Uint8Array(material.rows.length), new Uint8Array(material.rows.length)];
  const texts = new Array<string | null>(material.rows.length).fill(null);
  let begin = 0;
  const ofAnswers = present.map(({ choices, answer }, i) => {
    const own = losses.slice(begin, begin + choices.length);
    begin += choices.length;
    const scored = choices.map(({ text }, place): Choice => {
      const { lossSum, labelTokens } = own[place] ?? { lossSum: Number.NaN, labelTokens: 0 };
      return { text, logLikelihood: -lossSum, tokens: labelTokens };
    });
    const at = places[i] as number;
    const chosen = chosenAnswer(scored, "none");
    right[at] = chosen === answer ? 1 : 0;
    rightPerByte[at] = chosenAnswer(scored, "bytes") === answer ? 1 : 0;
    texts[at] = choices[chosen]?.text ?? null;
    return own[answer] ?? { lossSum: Number.NaN, labelTokens: 0 };
  });
  return { ...scatterLosses(material.rows.length, places, ofAnswers), answers: { right, rightPerByte, texts } };
}
