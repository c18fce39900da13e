import { continueGreedily, type Opening } from "@/server/engine/studies/continue-greedily";
import { withoutEnd } from "@/server/engine/studies/own-texts";
import type { Work } from "@/server/engine/studies/study-context";
import { roomAfter } from "@/server/engine/studies/study-material";
import { armOf, type BenchmarkContext } from "./benchmark-context";
import { lossesOf, scatterLosses } from "./benchmark-losses";
import { type BenchmarkMaterial, type CompletionRow, type ItemReadings, presentRows } from "./benchmark-material";

/**
 * The loss of each reference, and the greedy completion of each prompt up to the first end token. Prompts of like length are
 * written side by side.
 */
export function* measureCompletions(
  context: BenchmarkContext,
  material: Extract<BenchmarkMaterial, { kind: "completion" }>,
): Work<ItemReadings> {
  const { model, endIds, decode } = context;
  const { places, present } = presentRows(material.rows);
  const losses = yield* lossesOf(
    context,
    present.map(({ labelled }) => labelled),
  );
  const arm = armOf(context);
  const order = [...present.keys()].sort((a, b) => promptLength(present, a) - promptLength(present, b) || a - b);
  const openings = order.map((place): Opening => {
    const { prompt } = present[place] as CompletionRow;
    const room = roomAfter(prompt.length, material.maxNewTokens, model.config.contextLength);
    return { ids: prompt, promptLength: prompt.length, arm, room };
  });
  const written = yield* continueGreedily(model, openings, endIds);
  const right = new Uint8Array(material.rows.length);
  const texts = new Array<string | null>(material.rows.length).fill(null);
  order.forEach((place, i) => {
    const { reference } = present[place] as CompletionRow;
    const answer = beforeStop(decode(withoutEnd(written[i] ?? [], endIds)), material.stop);
    const at = places[place] as number;
    texts[at] = answer;
    right[at] = material.isRight(answer, reference) ? 1 : 0;
  });
  return { ...scatterLosses(material.rows.length, places, losses), answers: { right, rightPerByte: null, texts } };
}

/** What stands before the first of any stop. */
export function beforeStop(text: string, stop: readonly string[]): string {
  const ends = stop.map((one) => text.indexOf(one)).filter((at) => at >= 0);
  return text.slice(0, Math.min(text.length, ...ends));
}

function promptLength(rows: readonly CompletionRow[], place: number): number {
  return rows[place]?.prompt.length ?? 0;
}
