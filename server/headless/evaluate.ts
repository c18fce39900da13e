import { startEngine } from "@/server/engine/tensor/backend";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import { loadModel } from "@/server/runtime/models/loaded-model";
import { type Arguments, parseCount, UsageError } from "./arguments";
import { dataFor } from "./data-input";
import { editsIn } from "./edits-input";
import { evaluateBenchmark } from "./evaluate-benchmark";
import { precisionAsked } from "./precision-asked";
import { evaluateTask } from "./tasks/task-evaluations";

const defaultLength = 512;

/** Writes losses and rows of what was trained beside what it is compared with, as one JSON object. */
export async function evaluate(given: Arguments): Promise<void> {
  const [lengthText, rowsText, editsPath] = [given.value("max-length"), given.value("max-rows"), given.value("edits")];
  const length = lengthText === undefined ? defaultLength : parseCount("max-length", lengthText, 1);
  const maxRows = rowsText === undefined ? Number.POSITIVE_INFINITY : parseCount("max-rows", rowsText, 1);
  const [description, path] = [given.value("benchmark"), given.required("model")];
  const precision = precisionAsked(given);
  if (description !== undefined) {
    refuseBeside(given);
    return evaluateBenchmark({ model: path, precision, adapter: given.required("adapter"), description, output: given.required("output") });
  }
  const [input, folder, output] = [given.required("input"), given.required("adapter"), given.required("output")];
  const edits = editsPath === undefined ? undefined : { path: editsPath, list: editsIn(editsPath) };
  const data = await dataFor(input, path);
  await startEngine();
  const model = loadModel({ path, precision, folder });
  const maxTokens = Math.min(length, kindOfModel(model.base).longestRow(model.base));
  const { signal } = new AbortController();
  const result = await evaluateTask({ model, folder, data, edits, maxTokens, maxRows, signal });
  writeFileAtomically(output, [`${JSON.stringify(result)}\n`]);
}

/** A benchmark says itself which rows are read, and how much of each. */
function refuseBeside(given: Arguments): void {
  const beside = ["input", "edits", "max-length", "max-rows"].find((flag) => given.value(flag) !== undefined);
  if (beside !== undefined) throw new UsageError(`--${beside} cannot be combined with --benchmark, whose file says what is read`);
}
