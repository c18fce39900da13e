import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { SamplerState } from "@/server/engine/training/sampler";
import type { Trainer, TrainerState } from "@/server/engine/training/trainer";
import { TrainingError } from "@/server/engine/training/training-error";
import { type JsonValue, readTrainingCheckpoint, writeTrainingCheckpoint } from "@/server/files/adapters/checkpoint-files";
import { type TrainedFolder, trainedTensors } from "@/server/files/adapters/trained-folder";
import { FileError } from "@/server/files/file-error";
import type { TensorData, UnreadTensor } from "@/server/files/weights/safetensors";

/** What a session remembers beside the trainer's own state. */
export type SessionMemory = {
  /** Training time so far, in seconds. */
  readonly seconds: number;
  /** Identifies configuration and data: a checkpoint resumes only with the same ones. */
  readonly fingerprint: string;
  /** Absent where the checkpoint is older than this record. */
  readonly measured?: MeasuredSoFar | undefined;
};

/** What the training took of the machine so far. */
export type MeasuredSoFar = {
  /** Of the tensors that it held, at most. */
  readonly peakBytes: number;
  /** Device time of its own, and of others meanwhile. */
  readonly ownMs: number;
  readonly othersMs: number;
};

export type SavedSession = {
  /** Where it lies, and what it holds. */
  readonly folder: string;
  readonly trained: TrainedFolder;
  readonly state: TrainerState;
  readonly memory: SessionMemory;
};

/**
 * Writes all that an exact continuation needs.
 *
 * @returns the folder's size in bytes
 * @throws FileError when the disk is full, TrainingError when a weight is not finite; the checkpoint before stands then
 */
export function saveSession(folder: string, trainer: Trainer, trained: TrainedFolder, memory: SessionMemory): number {
  demandFinite(trained, trainer.step);
  const { moments, arrays, sampler, health, ...rest } = trainer.openState();
  const { random, ...place } = sampler;
  const { windowEnds, windowTokens, ...counted } = health;
  writeTrainingCheckpoint(folder, {
    trained,
    optimizer: Object.fromEntries<TensorData | UnreadTensor>([...moments, ...arrays]),
    state: {
      ...rest,
      sampler: { ...place, random: [...random] },
      health: { ...counted, windowEnds: [...windowEnds], windowTokens: [...windowTokens] },
      seconds: memory.seconds,
      fingerprint: memory.fingerprint,
      ...(memory.measured === undefined ? {} : { measured: memory.measured }),
    },
  });
  return sizeOf(folder);
}

/** The next step would find it out; a checkpoint that replaces a good one must not come before. */
function demandFinite(trained: TrainedFolder, step: number): void {
  for (const [name, data] of trainedTensors(trained)) {
    if (data.every(Number.isFinite)) continue;
    const message = `a weight of ${name} is no longer finite after step ${step}; a lower learning rate may help`;
    throw new TrainingError("nonFiniteLoss", step, message);
  }
}

/**
 * The latest whole checkpoint of a folder; null where there is none.
 *
 * @throws FileError when what is there is damaged
 */
export function readSession(folder: string): SavedSession | null {
  const saved = readTrainingCheckpoint(folder);
  if (saved === null) return null;
  const { trained, optimizer, state } = saved;
  const damage = (key: string) =>
    new FileError("invalid", join(saved.folder, "state.json"), `"${key}" differs from what was written; the checkpoint is damaged`);
  const numberAt = (key: string): number => {
    const value = state[key];
    if (typeof value !== "number") throw damage(key);
    return value;
  };
  const arrays = Object.entries(optimizer).map(
    ([name, { shape, data }]): [string, { shape: readonly number[]; data: Float32Array | Int32Array }] => {
      if (data instanceof Float64Array) throw damage(name);
      return [name, { shape, data }];
    },
  );
  return {
    folder: join(saved.folder, "adapter"),
    trained,
    state: {
      step: state.step,
      tokens: numberAt("tokens"),
      sampler: samplerOf(state["sampler"], damage),
      health: healthOf(state["health"], damage),
      arrays: new Map(arrays),
    },
    memory: { seconds: numberAt("seconds"), fingerprint: String(state["fingerprint"]), measured: measuredOf(state["measured"]) },
  };
}

function measuredOf(value: JsonValue | undefined): MeasuredSoFar | undefined {
  if (value === undefined) return undefined;
  const { peakBytes, ownMs, othersMs } = objectOf(value);
  if (typeof peakBytes !== "number" || typeof ownMs !== "number" || typeof othersMs !== "number") return undefined;
  return { peakBytes, ownMs, othersMs };
}

type Damage = (key: string) => FileError;

function samplerOf(value: JsonValue | undefined, damage: Damage): SamplerState {
  const { epoch, taken, random } = objectOf(value);
  const words = Array.isArray(random) ? random.map(Number) : [];
  const [a, b, c, d] = words;
  if (typeof epoch !== "number" || typeof taken !== "number") throw damage("sampler");
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw damage("sampler.random");
  return { epoch, taken, random: [a, b, c, d] };
}

function healthOf(value: JsonValue | undefined, damage: Damage): TrainerState["health"] {
  const { reportTokens, reports, windowEnds, windowTokens } = objectOf(value);
  if (typeof reportTokens !== "number" || typeof reports !== "number") throw damage("health");
  if (!Array.isArray(windowEnds) || !Array.isArray(windowTokens) || windowTokens.length !== windowEnds.length + 1)
    throw damage("health.windowEnds");
  return { reportTokens, reports, windowEnds: windowEnds.map(Number), windowTokens: windowTokens.map(Number) };
}

function objectOf(value: JsonValue | undefined): Readonly<Record<string, JsonValue | undefined>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? sizeOf(path) : statSync(path).size);
  }, 0);
}
