import type { BenchmarkForm } from "@/components/benchmarks/benchmark-form";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import { labelColumnOf } from "@/lib/contract/data-set";
import type { FormTask } from "./form-task";

/** Every kind of benchmark; one that lacks a part does not compile. */
export const formTasks: { readonly [Kind in BenchmarkTask["kind"]]: FormTask } = {
  languageModel: { problemOf: () => null, request: () => ({ kind: "languageModel" }) },
  completion: {
    problemOf: ({ mapping }) => (mapping.kind === "text" ? "Plain text has no completion to score: map a prompt and a completion." : null),
    request({ answer, maxNewTokens, stop }) {
      const strings = stop.split("\n").filter((line) => line !== "");
      return { kind: "completion", answer, maxNewTokens, stop: strings.map((line) => line.replaceAll("\\n", "\n")) };
    },
  },
  choice: {
    problemOf({ mapping, choicesColumn, answerColumn }) {
      if (mapping.kind === "messages") return "Choices need a text or prompt column: chats are not supported.";
      return choicesColumn === "" || answerColumn === "" ? "Select the columns with the choices and the correct answer." : null;
    },
    request: ({ choicesColumn, answerColumn }) => ({ kind: "choice", choices: choicesColumn, answer: answerColumn }),
  },
  classification: {
    problemOf: labelProblem,
    request: ({ classMetric, glue }) => ({ kind: "classification", metric: classMetric, glue }),
  },
  regression: {
    problemOf: labelProblem,
    request: ({ numberMetric, glue }) => ({ kind: "regression", metric: numberMetric, glue }),
  },
};

function labelProblem({ mapping }: BenchmarkForm): string | null {
  return labelColumnOf(mapping) === undefined ? "Select the text and label columns, or those of images and their labels." : null;
}
