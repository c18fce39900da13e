import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Edit } from "@/lib/contract/edit";
import type { SamplingSettings } from "@/lib/contract/generate";
import { type WeightPrecision, weightPrecision } from "@/lib/contract/run-config";
import { generate as continueInArms } from "@/server/engine/generation/generate";
import type { GenerationArm } from "@/server/engine/generation/generation-request";
import { startEngine } from "@/server/engine/tensor/backend";
import { asFileError } from "@/server/files/file-error";
import { idsOnlyTokenizer } from "@/server/runtime/models/ids-only-tokenizer";
import { type BaseModel, loadBaseModel } from "@/server/runtime/models/load-base-model";
import { loadTrained } from "@/server/runtime/models/load-full";
import { type ReadPrompt, readPrompt } from "@/server/runtime/read-prompt";
import { type Arguments, parseCount, parseNumber, UsageError } from "./arguments";
import { editsIn } from "./edits-input";
import { parseJsonFile } from "./json-input";
import { precisionAsked } from "./precision-asked";
import { warnOfContext } from "./warn-of-context";

const idsInput = z.union([
  z.array(z.int()).min(1),
  z.array(z.array(z.int()).min(1)).length(1),
  z.object({ input_ids: z.array(z.array(z.int()).min(1)).length(1) }),
]);

/** Continues a prompt and prints the text, or ids, text and speed as JSON. */
export async function generate(given: Arguments): Promise<void> {
  const [prompt, idsPath, editsPath] = [given.value("prompt"), given.value("ids"), given.value("edits")];
  if ((prompt === undefined) === (idsPath === undefined)) throw new UsageError("Use either --prompt or --ids");
  if (editsPath !== undefined && given.value("adapter") === undefined) throw new UsageError("--edits needs --adapter");
  if (given.isPresent("greedy") && given.value("temperature") !== undefined) throw new UsageError("Use either --greedy or --temperature");
  const sampling = samplingOf(given);
  const [precision, decoding] = [precisionAsked(given), decodingDtypeOf(given)];
  const edits = editsPath === undefined ? undefined : editsIn(editsPath);
  const ids = idsPath === undefined ? undefined : flatIds(parseJsonFile(idsPath, idsInput));
  await startEngine();
  const loaded = loadBaseModel(given.required("model"), decoding === "float32" && precision === "fast" ? "exact" : precision);
  const base = decoding === undefined ? loaded : { ...loaded, model: loaded.model.decodingIn(decoding) };
  const read = { prompt: prompt ?? "", useChatTemplate: given.isPresent("chat"), promptIds: ids, images: imagesIn(given.value("image")) };
  const { promptIds, images } =
    base.tokenizer === null && ids !== undefined && read.images.length === 0
      ? { promptIds: ids, images: undefined }
      : await readPrompt(base, read);
  warnOfContext(base, Math.min(base.model.config.contextLength, promptIds.length + sampling.maxTokens));
  const arm = armOf(base, given.value("adapter"), edits);
  const result = run(base, { promptIds, images }, arm, sampling);
  process.stdout.write(
    given.isPresent("json") ? `${JSON.stringify(result)}\n` : `${base.tokenizer === null ? result.ids.join(" ") : result.text}\n`,
  );
}

type Generated = {
  ids: number[];
  text: string;
  /** Of the tokens after the first, which comes with the reading of the prompt. */
  tokensPerSecond: number;
  precision: WeightPrecision;
};

function run(base: BaseModel, prompt: ReadPrompt, arm: GenerationArm, sampling: SamplingSettings): Generated {
  const tokenizer = base.tokenizer ?? idsOnlyTokenizer(base.model.config.vocab);
  const ids: number[] = [];
  let text = "";
  let startedAt = performance.now();
  for (const event of continueInArms(base.model, tokenizer, { ...prompt, arms: [arm], sampling, watch: [] })) {
    if (event.kind === "armEnd") text = event.text;
    if (event.kind !== "token") continue;
    ids.push(event.token.id);
    if (ids.length === 1 && sampling.maxTokens > 1) startedAt = performance.now();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return { ids, text, tokensPerSecond: Math.max(1, ids.length - 1) / seconds, precision: base.model.decodeDtype };
}

function armOf(base: BaseModel, adapterFolder: string | undefined, edits: readonly Edit[] | undefined): GenerationArm {
  if (adapterFolder === undefined) return { name: "base" };
  const adapter = loadTrained(adapterFolder, base.model);
  return edits === undefined ? { name: "adapter", adapter } : { name: "edited", adapter, edits };
}

/** Undefined for that of the model as it is held. @throws UsageError */
function decodingDtypeOf(given: Arguments): WeightPrecision | undefined {
  const parsed = weightPrecision.optional().safeParse(given.value("precision"));
  if (!parsed.success) throw new UsageError("--precision is float32 or bfloat16");
  return parsed.data;
}

/** Files, separated by commas. */
function imagesIn(paths: string | undefined): { name: string; data: string }[] {
  return (paths?.split(",") ?? []).map((path) => {
    try {
      return { name: path, data: readFileSync(path).toString("base64") };
    } catch (error) {
      throw asFileError(path, error);
    }
  });
}

function flatIds(input: z.infer<typeof idsInput>): number[] {
  const rows = Array.isArray(input) ? input : input.input_ids;
  return rows.flat();
}

function samplingOf(given: Arguments): SamplingSettings {
  const number = (flag: string, otherwise: number) => {
    const text = given.value(flag);
    return text === undefined ? otherwise : parseNumber(flag, text);
  };
  return {
    maxTokens: parseCount("max-tokens", given.required("max-tokens"), 1),
    temperature: number("temperature", 0),
    topK: parseCount("top-k", given.value("top-k") ?? "0", 0),
    topP: number("top-p", 1),
    repetitionPenalty: 1,
    seed: number("seed", 0),
    stop: [],
  };
}
