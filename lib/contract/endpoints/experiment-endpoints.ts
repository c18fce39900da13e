import { experimentDetail, experimentEstimate, experimentList, experimentRequest } from "@/lib/contract/experiment";
import { experimentReportQuery } from "@/lib/contract/report";
import { type EndpointArea, type ExampleIds, file, json, jsonBody, nothing } from "./endpoint";

function example({ model, dataSet }: ExampleIds) {
  const targets = { modules: ["v_proj"] };
  return {
    name: "STAN against LoRA",
    model,
    data: { kind: "dataSet" as const, dataSetId: dataSet, mapping: { kind: "text" as const, text: "text" } },
    training: { steps: 100 },
    arms: [
      {
        name: "STAN",
        adapters: [{ method: "stan" as const, numLatents: 64, k: 8, targets }],
        learningRates: { kind: "range" as const, low: 0.001, high: 0.03, count: 4 },
      },
      {
        name: "LoRA",
        adapters: [{ method: "lora" as const, rank: 64, alpha: 64, targets }],
        learningRates: { kind: "range" as const, low: 0.0003, high: 0.01, count: 4 },
      },
    ],
  };
}

export const experimentEndpoints = {
  name: "Experiments",
  about:
    "A comparison of arms with equal budgets: a sweep chooses each arm's setting on one half of the held-out rows, final runs with several seeds report on the other.",
  endpoints: [
    {
      method: "GET",
      path: "/api/experiments",
      summary: "All experiments, newest first.",
      answers: [json("ExperimentList", experimentList)],
      refusals: [],
    },
    {
      method: "POST",
      path: "/api/experiments",
      startsWork: true,
      summary:
        "Checks an experiment and starts it; arms of different sizes or budgets are refused with both numbers. Reading its data may take up to 4 minutes.",
      body: jsonBody("ExperimentRequest", experimentRequest, example),
      answers: [json("ExperimentDetail", experimentDetail)],
      refusals: ["notFound", "tooLarge"],
    },
    {
      method: "POST",
      path: "/api/experiments/estimate",
      summary:
        "Estimates an experiment's cost from the speed of similar runs on this machine; starts nothing. Reading its data may take up to 4 minutes.",
      body: jsonBody("ExperimentRequest", experimentRequest, example),
      answers: [json("ExperimentEstimate", experimentEstimate)],
      refusals: ["tooLarge"],
    },
    {
      method: "GET",
      path: "/api/experiments/{experiment}",
      summary: "An experiment with all its trials, the selected settings and why, and its cost so far.",
      answers: [json("ExperimentDetail", experimentDetail)],
      refusals: ["notFound"],
    },
    {
      method: "DELETE",
      path: "/api/experiments/{experiment}",
      summary: "Removes an experiment that has ended; its runs are kept.",
      answers: [nothing],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "POST",
      path: "/api/experiments/{experiment}/cancel",
      summary: "Cancels running trainings and starts no more; finished runs are kept.",
      answers: [json("ExperimentDetail", experimentDetail)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "POST",
      path: "/api/experiments/{experiment}/resume",
      summary: "Resumes after a cancellation or a failure.",
      answers: [json("ExperimentDetail", experimentDetail)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: "/api/experiments/{experiment}/report",
      summary:
        "A report of the experiment as one file: its final runs compared, every trial of its sweep, and the commands to reproduce it.",
      query: experimentReportQuery,
      answers: [file("text/html", "one self-contained page"), file("text/markdown", "the same without drawings, with `format=markdown`")],
      refusals: ["notFound", "conflict"],
    },
  ],
} as const satisfies EndpointArea;
