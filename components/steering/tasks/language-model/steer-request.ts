import type { ShellRequest } from "@/components/steering/curl-of";
import { type GenerateRequest, generateRequest, type PromptImage } from "@/lib/contract/generate";
import type { SteerParams } from "./steer-params";

/** Of each place in forced reading, so many of the most probable tokens: what the arms would rather have written. */
const shownChoices = 3;

/** What is sent to be generated; kept in the run's history, unless it has images, which no history holds. */
export function requestOf(params: SteerParams, useChatTemplate: boolean, images: readonly PromptImage[] = []): GenerateRequest {
  const forced = forcedOf(params);
  return generateRequest.parse({
    prompt: params.prompt,
    ...(images.length === 0 ? {} : { images }),
    useChatTemplate,
    arms: [...params.arms],
    edits: [...params.edits],
    ...(params.otherRun !== null && params.arms.includes("other") ? { otherRun: params.otherRun } : {}),
    ...(forced === null ? {} : { forced, topLogProbabilities: shownChoices }),
    sampling: params.sampling,
    ...(params.precision === null ? {} : { precision: params.precision }),
    watch: [...params.watch],
    isKept: images.length === 0,
  });
}

/** What keeps these parameters from being run, in words; null where nothing does. */
export function whyNot(params: SteerParams): string | null {
  if (params.prompt === "") return "Enter a prompt first";
  if (params.forced !== null && "text" in params.forced && params.forced.text === "") return "Enter the text for all arms to read";
  return null;
}

/** The parameters that a kept request came from; null where it has turns or token ids, for which the page has no field. */
export function paramsOf(
  request: GenerateRequest,
): Omit<SteerParams, "collectionId" | "coloured" | "compared" | "studyId" | "generationIds"> | null {
  if (request.messages !== undefined || request.promptIds !== undefined) return null;
  return {
    prompt: request.prompt,
    useChatTemplate: request.useChatTemplate,
    arms: request.arms,
    otherRun: request.otherRun ?? null,
    forced: request.forced ?? null,
    sampling: request.sampling,
    precision: request.precision ?? null,
    edits: request.edits,
    watch: request.watch,
  };
}

/** The request as a shell sends it, answered at once as a whole. */
export function shellRequestOf(request: GenerateRequest): ShellRequest {
  return { endpoint: "generate", body: { ...request, stream: false } };
}

/** The forced arm is one of those that run. */
function forcedOf({ forced, arms }: SteerParams): SteerParams["forced"] {
  if (forced === null || "text" in forced || arms.includes(forced.by)) return forced;
  const by = arms.includes("adapter") ? "adapter" : arms[0];
  return by === undefined ? null : { by };
}
