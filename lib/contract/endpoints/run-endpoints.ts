import { runList } from "@/lib/contract/api";
import { importRunRequest } from "@/lib/contract/import-run";
import { liveEvent } from "@/lib/contract/live-event";
import { runCurve, runDetail, runLogPage, runRecord, runSummary, startedRuns, startRunRequest, startRunsRequest } from "@/lib/contract/run";
import { runEstimates } from "@/lib/contract/run-estimate";
import { type EndpointArea, type ExampleIds, events, file, json, jsonBody, nothing, upload } from "./endpoint";
import { adapterQuery, curveQuery, importUploadQuery, runLogQuery } from "./queries";

/** STAN and LoRA on the same data. */
const pair = ({ model, dataSet }: ExampleIds) => {
  const data = { kind: "dataSet" as const, dataSetId: dataSet, mapping: { kind: "text" as const, text: "text" } };
  const training = { steps: 100, learningRate: 0.001 };
  const targets = { modules: ["v_proj"] };
  return {
    runs: [
      { group: "pair", config: { model, data, adapter: { method: "stan" as const, numLatents: 256, k: 8, targets }, training } },
      { group: "pair", config: { model, data, adapter: { method: "lora" as const, rank: 8, alpha: 16, targets }, training } },
    ],
  };
};

export const runEndpoints = {
  name: "Runs",
  about: "A run is one training of an adapter, with the immutable snapshot of its configuration.",
  endpoints: [
    {
      method: "GET",
      path: "/api/runs",
      summary: "All runs, newest first.",
      answers: [json("RunList", runList)],
      refusals: [],
    },
    {
      method: "POST",
      path: "/api/runs",
      startsWork: true,
      summary: "Checks a configuration and queues its training.",
      body: jsonBody("StartRunRequest", startRunRequest, ({ model, dataSet }) => ({
        name: "from a script",
        config: {
          model,
          data: { kind: "dataSet" as const, dataSetId: dataSet, mapping: { kind: "text" as const, text: "text" } },
          adapter: { method: "stan" as const, numLatents: 256, k: 8, targets: { modules: ["v_proj"] } },
          training: { steps: 100, learningRate: 0.001 },
        },
      })),
      answers: [json("RunSummary", runSummary)],
      refusals: ["notFound", "conflict", "unavailable", "busy"],
    },
    {
      method: "POST",
      path: "/api/runs/group",
      startsWork: true,
      summary: "Checks several configurations and queues their trainings; if one is refused, none is queued.",
      body: jsonBody("StartRunsRequest", startRunsRequest, pair),
      answers: [json("StartedRuns", startedRuns)],
      refusals: ["notFound", "conflict", "unavailable", "busy"],
    },
    {
      method: "POST",
      path: "/api/runs/estimate",
      summary: "Estimates the time and memory of runs from earlier runs on this machine; starts nothing.",
      body: jsonBody("StartRunsRequest", startRunsRequest, pair),
      answers: [json("RunEstimates", runEstimates)],
      refusals: [],
    },
    {
      method: "POST",
      path: "/api/runs/import",
      startsWork: true,
      summary: "Imports a run trained elsewhere: an adapter in PEFT's layout, with its trainer's logs.",
      body: jsonBody("ImportRunRequest", importRunRequest, ({ model }) => ({ path: "/home/you/outputs/checkpoint-500", modelId: model })),
      answers: [json("RunSummary", runSummary)],
      refusals: ["notFound", "conflict", "unavailable"],
    },
    {
      method: "POST",
      path: "/api/runs/import/upload",
      startsWork: true,
      summary: "The same from an upload.",
      query: importUploadQuery,
      body: upload("A .tar, .tar.gz or .tgz of the adapter's folder.", "adapter.tar.gz"),
      answers: [json("RunSummary", runSummary)],
      refusals: ["notFound", "conflict", "unavailable"],
    },
    {
      method: "GET",
      path: "/api/runs/{run}",
      summary: "A run with its measurements: its curve in at most 2,000 points, and the newest 200 lines of its log.",
      answers: [json("RunDetail", runDetail)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/runs/{run}/record",
      summary: "A run with its configuration and provenance, without its curve and log.",
      answers: [json("RunRecord", runRecord)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/runs/{run}/metrics",
      summary: "The curve of a range of steps in at most 2,000 points; a range of up to 2,000 steps has every step.",
      query: curveQuery,
      answers: [json("RunCurve", runCurve)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/runs/{run}/log",
      summary: "A page of the log, at most 200 lines, oldest first.",
      query: runLogQuery,
      answers: [json("RunLogPage", runLogPage)],
      refusals: ["notFound"],
    },
    {
      method: "DELETE",
      path: "/api/runs/{run}",
      summary: "Removes a run with its adapter, collections, saved edits, history and studies.",
      answers: [nothing],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/stop",
      summary: "Stops a training after its current step and keeps the adapter.",
      answers: [json("RunSummary", runSummary)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/cancel",
      summary: "Cancels a training without keeping the adapter.",
      answers: [json("RunSummary", runSummary)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/resume",
      summary: "Resumes from the last checkpoint.",
      answers: [json("RunSummary", runSummary)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: "/api/runs/{run}/adapter",
      summary: "The adapter in PEFT's layout: safetensors, adapter_config.json and a model card.",
      query: adapterQuery,
      answers: [
        file("application/x-tar", "A folder that PEFT loads; STAN with the package in python/stanscope_peft."),
        file("application/zip", "The same folder, as a zip file."),
      ],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: "/api/runs/{run}/events",
      summary: "Live events of one run.",
      more: "Each event names the transaction that made the change; `RunDetail` names the snapshot it was read from, so a client can skip events that the snapshot already includes.",
      answers: [events("LiveEvent", liveEvent)],
      refusals: [],
    },
  ],
} as const satisfies EndpointArea;
