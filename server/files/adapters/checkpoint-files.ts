import { existsSync } from "node:fs";
import { join } from "node:path";
import { previousFolder, replaceFolder, writeFileAtomically } from "@/server/files/atomic-write";
import { FileError } from "@/server/files/file-error";
import { readJsonObject } from "@/server/files/json-file";
import { openSafetensors, type TensorData, type UnreadTensor, writeSafetensors } from "@/server/files/weights/safetensors";
import { readTrained, type TrainedFolder, writeTrained } from "./trained-folder";

/** What JSON holds without loss. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Everything needed to resume training exactly as if it had not stopped. */
export type TrainingCheckpoint = {
  trained: TrainedFolder;
  /** Moments and other arrays, by names of the trainer's own. */
  optimizer: Readonly<Record<string, TensorData>>;
  /** Step, sampler, random state, totals. */
  state: { step: number; [key: string]: JsonValue };
};

/** Arrays of the optimizer may be read as they are written. */
type CheckpointToWrite = Omit<TrainingCheckpoint, "optimizer"> & {
  readonly optimizer: Readonly<Record<string, TensorData | UnreadTensor>>;
};

const formatVersion = 2;
const trainedName = "adapter";

/**
 * Writes a checkpoint folder: `adapter/` with what is trained, `optimizer.safetensors`, `state.json`. The checkpoint before it stays beside it as
 * `<folder>.previous`, and at every instant one of the two is whole.
 *
 * @throws RangeError when a number of the state is not finite, FileError when the disk is full
 */
export function writeTrainingCheckpoint(folder: string, { trained, optimizer, state }: CheckpointToWrite): void {
  const stateJson = JSON.stringify({ formatVersion, state }, refuseNonFinite, 2);
  replaceFolder(folder, (temporary) => {
    writeTrained(join(temporary, trainedName), trained);
    writeSafetensors(join(temporary, "optimizer.safetensors"), optimizer);
    writeFileAtomically(join(temporary, "state.json"), [stateJson]);
  });
}

/**
 * Reads the newest whole checkpoint: that of the folder, or the one before where the newest is missing or damaged. Null where there is none at all.
 *
 * @throws FileError of the newest when none of those there can be read
 */
export function readTrainingCheckpoint(folder: string): (TrainingCheckpoint & { folder: string }) | null {
  let newestFault: unknown;
  for (const candidate of [folder, previousFolder(folder)]) {
    if (!existsSync(candidate)) continue;
    try {
      return { ...readOne(candidate), folder: candidate };
    } catch (error) {
      newestFault ??= error;
    }
  }
  if (newestFault !== undefined) throw newestFault;
  return null;
}

function readOne(folder: string): TrainingCheckpoint {
  const state = readState(join(folder, "state.json"));
  const trained = readTrained(join(folder, trainedName));
  const file = openSafetensors(join(folder, "optimizer.safetensors"));
  try {
    return { trained, optimizer: Object.fromEntries(file.names().map((name) => [name, file.readStored(name)])), state };
  } finally {
    file.close();
  }
}

function readState(path: string): TrainingCheckpoint["state"] {
  const content = readJsonObject(path);
  if (content["formatVersion"] !== formatVersion)
    throw new FileError(
      "invalid",
      path,
      `has the format ${JSON.stringify(content["formatVersion"] ?? null)}; ${formatVersion} is supported`,
    );
  // Written by `writeTrainingCheckpoint` as JSON; only the step is looked at here.
  const state = content["state"] as TrainingCheckpoint["state"] | undefined;
  if (!Number.isInteger(state?.step) || state === undefined) throw new FileError("invalid", path, "names no step");
  return state;
}

/** JSON would turn NaN and infinities into null without a word. */
function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new RangeError(`state "${key}" is ${value}; checkpoints contain finite numbers`);
  return value;
}
