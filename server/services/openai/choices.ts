import { randomInt } from "node:crypto";
import type { EndReason, GeneratedToken, GenerateRequest, PromptReading } from "@/lib/contract/generate";
import type { WeightPrecision } from "@/lib/contract/run-config";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { generate } from "@/server/services/work/generate";
import type { Target } from "./choose-target";
import { HeldText } from "./held-text";
import { mergeStreams } from "./merge-streams";

/** A request's prompts and how each is answered; OpenAI's fields in our words. */
export type ChoiceRequest = {
  readonly target: Target;
  readonly prompts: readonly (Pick<GenerateRequest, "prompt" | "messages" | "promptIds"> & Partial<Pick<GenerateRequest, "images">>)[];
  /** Answers a prompt. */
  readonly count: number;
  /** Seed of the first answer; the i-th uses seed + i. Undefined: a random seed. */
  readonly seed: number | undefined;
  readonly sampling: Omit<GenerateRequest["sampling"], "seed">;
  readonly topLogProbabilities: number;
  readonly promptLogProbabilities: boolean;
};

/** What happens to an answer; `index` counts answers, those of a prompt side by side. */
export type ChoiceEvent =
  | {
      kind: "prompt";
      index: number;
      precision: WeightPrecision;
      tokens: readonly { text: string; id: number }[];
      readings: readonly PromptReading[];
    }
  /** `text` is what may be given out by now; the token's own may still wait. */
  | { kind: "token"; index: number; token: GeneratedToken; text: string }
  | { kind: "end"; index: number; reason: EndReason; text: string };

/** Generations of one request that the worker gets at a time; it runs them together. */
const mostAtOnce = 32;
const mostChoices = 1024;
const seeds = 2 ** 31;

/**
 * Answers to a request's prompts, in the order in which they come. Each begins with `prompt` and closes with `end`. Stopping the iteration or aborting
 * the signal ends them all.
 *
 * @throws ServiceError also in the midst: what goes wrong with one answer is what goes wrong with the request
 */
export async function* choicesOf(context: ServiceContext, request: ChoiceRequest, signal: AbortSignal): AsyncGenerator<ChoiceEvent, void> {
  const { prompts, count } = request;
  if (prompts.length * count > mostChoices) {
    throw new ServiceError(
      "invalid",
      `A request may ask for at most ${mostChoices} completions; this one asks for ${prompts.length * count}.`,
      {
        field: "n",
      },
    );
  }
  const seed = request.seed ?? randomInt(seeds);
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  const sources = prompts.flatMap((prompt, at) =>
    Array.from({ length: count }, (_, i) => () => choice(context, request, { ...prompt, seed: seed + i }, at * count + i, ended)),
  );
  yield* mergeStreams(sources, { atOnce: mostAtOnce, end: () => stop.abort() });
}

async function* choice(
  context: ServiceContext,
  { target, sampling, topLogProbabilities, promptLogProbabilities }: ChoiceRequest,
  { seed, prompt, messages, promptIds, images = [] }: ChoiceRequest["prompts"][number] & { seed: number },
  index: number,
  signal: AbortSignal,
): AsyncGenerator<ChoiceEvent, void> {
  const body: GenerateRequest = {
    prompt,
    ...(messages === undefined ? {} : { messages }),
    ...(promptIds === undefined ? {} : { promptIds }),
    ...(images.length === 0 ? {} : { images }),
    useChatTemplate: false,
    arms: [target.arm],
    edits: [...target.edits],
    ...(target.precision === undefined ? {} : { precision: target.precision }),
    sampling: { ...sampling, seed },
    watch: [],
    promptLogProbabilities,
    topLogProbabilities,
    isKept: false,
  };
  const held = new HeldText(sampling.stop);
  let tokens: { text: string; id: number }[] = [];
  let precision: WeightPrecision = "float32";
  let hasEnded = false;
  for await (const event of await generate(context, target.runId, body, signal)) {
    switch (event.kind) {
      case "loading":
      case "end":
        break;
      case "start":
        ({ promptTokens: tokens, precision } = event);
        if (!promptLogProbabilities) yield { kind: "prompt", index, precision, tokens, readings: [] };
        break;
      case "prompt":
        yield { kind: "prompt", index, precision, tokens, readings: event.tokens };
        break;
      case "token":
        yield { kind: "token", index, token: event.token, text: held.push(event.token.isSpecial === true ? "" : event.token.text) };
        break;
      case "armEnd":
        hasEnded = true;
        yield { kind: "end", index, reason: event.reason, text: held.end(event.text) };
        break;
      case "error":
        throw new ServiceError(event.code ?? "invalid", event.message);
    }
  } // Whoever broke it off does not read this.
  if (!hasEnded) throw new ServiceError("unavailable", "The generation was interrupted.");
}
