import { isDiffusion, isEncoder, type ModelSummary } from "@/lib/contract/model";
import { type LabelledTask, learnedTask, taskOfHead, tasks } from "@/lib/contract/tasks/tasks";
import type { AdapterFolder } from "@/server/files/adapters/adapter-folder";
import { readProblemType } from "@/server/files/adapters/label-names";
import { type ClassNames, classNames } from "@/server/interop/peft/class-names";
import type { FoundAdapter } from "@/server/interop/peft/find-adapter";
import { importedLabels } from "@/server/interop/peft/imported-head";
import { demandCausal, demandNoHead } from "@/server/interop/peft/take-adapter";
import { ServiceError } from "@/server/services/errors";

/** What an imported adapter does, and for the run's record where the names of its classes come from. */
export type ImportedTask = {
  readonly task: LabelledTask | undefined;
  readonly classesFrom: string | undefined;
};

/**
 * A language model's adapter continues text, a diffusion model's denoises images; over an encoder the head says what it learned.
 *
 * @param named the classes that the request names
 * @throws FileError naming the tensor of the head at fault; ServiceError at `labels` where there are as many classes as were not named
 */
export function importedTask(
  { folder, besides }: FoundAdapter,
  adapter: AdapterFolder,
  model: ModelSummary,
  named: readonly string[] | undefined,
): ImportedTask {
  if (isDiffusion(model)) {
    if (named !== undefined) refuse(`${model.name} is a diffusion model, which names its classes itself: leave out the classes.`);
    demandNoHead(folder, adapter);
    return { task: tasks.denoising.initial, classesFrom: undefined };
  }
  if (!isEncoder(model)) {
    if (named !== undefined) refuse(`${model.name} is a causal language model without classes: leave out the classes.`);
    demandCausal(folder, adapter);
    return { task: undefined, classesFrom: undefined };
  }
  const numLabels = importedLabels(folder, adapter, model);
  const kind = taskOfHead({ numLabels, problemType: readProblemType(folder) });
  if (tasks[kind].answers !== "classes") {
    if (named !== undefined) refuse(`The adapter's head is a ${kind}, with one number per text: leave out the classes.`);
    return { task: learnedTask(kind, []), classesFrom: undefined };
  }
  const { labels, from } = named === undefined ? classNames(numLabels, besides, model.path) : checked(named, numLabels);
  return { task: learnedTask(kind, labels), classesFrom: from };
}

function checked(named: readonly string[], numLabels: number): ClassNames {
  if (named.length !== numLabels)
    refuse(`The adapter's head has ${numLabels} classes, but ${named.length} are named: name each class once.`);
  const twice = named.find((label, at) => named.indexOf(label) !== at);
  if (twice !== undefined) refuse(`The class "${twice}" is named twice: name each once, in the order of the head's scores.`);
  return { labels: named, from: "the import" };
}

function refuse(message: string): never {
  throw new ServiceError("invalid", message, { field: "labels" });
}
