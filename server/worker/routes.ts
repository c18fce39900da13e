import { basename, join } from "node:path";
import type { z } from "zod";
import type { GenerateEvent, GenerateRequest } from "@/lib/contract/generate";
import type { ImageEvent } from "@/lib/contract/make-images";
import type { AnswerDoseRequest, TextEvent } from "@/lib/contract/read-text";
import { storedRunConfig } from "@/lib/contract/run-config";
import {
  type WorkerMemory,
  workerGenerateRequest,
  workerImagesRequest,
  workerPictureRequest,
  workerPreviewRequest,
  workerTextRequest,
} from "@/lib/contract/worker";
import { readRun } from "@/server/db/runs/runs";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { engineInfo } from "@/server/engine/tensor/backend";
import { holdsTrained } from "@/server/files/adapters/trained-folder";
import { FileError } from "@/server/files/file-error";
import { ConstantAnswers } from "@/server/jobs/constant-answers";
import type { JobContext } from "@/server/jobs/job-context";
import { pictureData } from "@/server/jobs/picture-data";
import { resolveModel } from "@/server/jobs/resolve-model";
import { runFolders } from "@/server/jobs/run-folders";
import { studyControls } from "@/server/jobs/study-controls";
import { generateEvents } from "@/server/runtime/generate-events";
import { imageEvents } from "@/server/runtime/image-events";
import { availableMemory, machineMemory } from "@/server/runtime/machine-memory";
import { measureProducts } from "@/server/runtime/measure-products";
import { type AnswerBase, precisionOf } from "@/server/runtime/models/load-base-model";
import { readPictureEvents, readTextEvents } from "@/server/runtime/reading-events";
import { RowPreviews } from "@/server/runtime/rows/preview-rows";
import { PortError, type PortRoutes } from "./port";

/** `generating`: arms whose key-value caches are held. */
export type WorkerHealth = {
  readonly id: string;
  readonly loaded: readonly string[];
  readonly doing: string | null;
  readonly generating: number;
};

/** What a worker answers on its own port. */
export function routesOf(context: JobContext, readHealth: () => WorkerHealth): PortRoutes {
  const previews = new RowPreviews();
  const constants = new ConstantAnswers(context);
  return {
    "GET /health": { kind: "answer", handle: async () => readHealth() },
    "POST /preview": {
      kind: "answer",
      async handle(body) {
        const request = parse(workerPreviewRequest, body);
        try {
          return await previews.show(request);
        } catch (error) {
          // Rows that cannot be read are the caller's to fix.
          if (error instanceof FileError) throw new PortError(error.code, error.message);
          throw new PortError("invalid", error instanceof Error ? error.message : String(error));
        }
      },
    },
    "POST /memory": {
      kind: "answer",
      handle: async (): Promise<WorkerMemory> =>
        engineInfo().device === "gpu"
          ? { totalBytes: null, availableBytes: null }
          : { totalBytes: machineMemory(), availableBytes: availableMemory() },
    },
    "POST /speed": {
      kind: "answer",
      handle: () => context.runtime.turns.take("interactive", () => measureProducts(context.now)),
    },
    "POST /generate": { kind: "stream", handle: (body, signal) => generate(context, body, signal) },
    "POST /images": { kind: "stream", handle: (body, signal) => makeImages(context, body, signal) },
    "POST /picture": { kind: "stream", handle: (body, signal) => readPicture(context, constants, body, signal) },
    "POST /text": { kind: "stream", handle: (body, signal) => readText(context, constants, body, signal) },
  };
}

async function* generate(context: JobContext, body: unknown, signal: AbortSignal): AsyncGenerator<GenerateEvent, void> {
  const { runId, request } = parse(workerGenerateRequest, body);
  const { runtime, now } = context;
  const own = await whatToRun(context, runId);
  const otherFolder = await otherAdapter(context, request, own.modelPath);
  yield* generateEvents({ runtime, request, signal, now, otherFolder, ...own });
}

/** The adapter of the arm `other`, if requested. @throws PortError when its run is not named, has none, or was trained on another base model */
async function otherAdapter(context: JobContext, { arms, otherRun }: GenerateRequest, modelPath: string): Promise<string | undefined> {
  if (!arms.includes("other")) return undefined;
  if (otherRun === undefined) throw new PortError("invalid", "The arm 'other' needs otherRun: a second run with the same base model.");
  const other = await whatToRun(context, otherRun);
  if (other.modelPath !== modelPath) {
    const [own, its] = [basename(modelPath), basename(other.modelPath)];
    throw new PortError("invalid", `The other run's base model is ${its}, this one's is ${own}: arms share one base model.`);
  }
  return other.adapterFolder;
}

async function* makeImages(context: JobContext, body: unknown, signal: AbortSignal): AsyncGenerator<ImageEvent, void> {
  const { runId, request } = parse(workerImagesRequest, body);
  const { runtime, now } = context;
  yield* imageEvents({ runtime, request, signal, now, ...(await whatToRun(context, runId)) });
}

async function* readText(
  context: JobContext,
  constants: ConstantAnswers,
  body: unknown,
  signal: AbortSignal,
): AsyncGenerator<TextEvent, void> {
  const { runId, request } = parse(workerTextRequest, body);
  const { run: _run, config: _config, ...own } = await whatToRead(context, constants, runId);
  yield* readTextEvents({ ...own, request, signal });
}

async function* readPicture(
  context: JobContext,
  constants: ConstantAnswers,
  body: unknown,
  signal: AbortSignal,
): AsyncGenerator<TextEvent, void> {
  const { runId, request } = parse(workerPictureRequest, body);
  const { run, config, ...own } = await whatToRead(context, constants, runId);
  yield* readPictureEvents({ ...own, request, signal, pictureData: (collectionId) => pictureData(context, run, config, collectionId) });
}

/** What an input of a run is read with, beside what is asked. @throws PortError as `whatToRun` */
async function whatToRead(context: JobContext, constants: ConstantAnswers, runId: string) {
  const { runtime, now } = context;
  const { run, config, ...own } = await whatToRun(context, runId);
  return {
    ...{ run, config, ...own, runtime, now },
    constantAnswer: (base: AnswerBase) => constants.of(run, config, base),
    doseControls: (adapter: Adapter, dose: AnswerDoseRequest) => studyControls(context, { run, adapter }, dose),
  };
}

/** @throws PortError when there is no such run, or it has no adapter yet */
async function whatToRun(context: JobContext, runId: string) {
  const run = await readRun(context.store.db, runId);
  if (run === undefined) throw new PortError("notFound", "There is no such run.");
  const config = storedRunConfig.parse(run.config);
  const model = await resolveModel(context, config.model, run.modelName);
  const precision = precisionOf(config);
  return { run, config, modelPath: model.path, precision, adapterFolder: adapterFolder(context, runId) };
}

/** The run's adapter, or that of its latest checkpoint while it is not done. @throws PortError when it has neither */
function adapterFolder({ dataFolder }: JobContext, runId: string): string {
  const { adapter, checkpoint } = runFolders(dataFolder, runId);
  const folder = [adapter, join(checkpoint, "adapter")].find(holdsTrained);
  if (folder === undefined) throw new PortError("conflict", "The run has no adapter yet. Wait for its first checkpoint, then try again.");
  return folder;
}

function parse<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PortError("invalid", `${issue?.path.join(".") ?? "The request"}: ${issue?.message ?? "is not as expected"}`);
}
