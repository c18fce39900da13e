import type { TextAnswer } from "@/lib/contract/read-text";
import type { RunConfig } from "@/lib/contract/run-config";
import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import type { AnswerBase } from "@/server/runtime/models/load-base-model";
import { answerLearning } from "@/server/runtime/tasks/answer-learnings";
import { readAnswers } from "./answer-training";

/**
 * The answer that does not look at the text, by the rows that a run may have trained on: each class as probable as its share, or their mean.
 *
 * @returns null where a class was never trained on, which then has no score
 * @throws FileError when the data cannot be read
 */
export async function constantTextAnswer(data: RunConfig["data"], settings: AnswerTask, base: AnswerBase): Promise<TextAnswer | null> {
  const learning = answerLearning(settings);
  const { labels, known } = await readAnswers(data, { learning, settings }, base);
  const scores = learning.task.constantScores(known);
  return scores === null ? null : learning.task.textAnswer(scores, labels);
}
