import { demonstrationRequest, jobList } from "@/lib/contract/api";
import { explainerSettings, saveExplainerRequest } from "@/lib/contract/label";
import { eventsQuery, liveEvent } from "@/lib/contract/live-event";
import { jobSummary, runSummary } from "@/lib/contract/run";
import { sample } from "@/lib/contract/sample";
import { workPage, workQuery } from "@/lib/contract/work";
import { systemStatus } from "@/lib/contract/worker";
import { type EndpointArea, events, file, json, jsonBody } from "./endpoint";

export const workEndpoints = {
  name: "Work and settings",
  about: "Status of the application, its work and its workers, and its settings.",
  endpoints: [
    {
      method: "GET",
      path: "/api/status",
      summary: "Version, workers with their devices, and notices.",
      answers: [json("SystemStatus", systemStatus)],
      refusals: [],
    },
    {
      method: "GET",
      path: "/api/work",
      summary: "A page of all work: trainings, collections, jobs and experiments. Open work comes first, then newest first.",
      query: workQuery,
      answers: [json("WorkPage", workPage)],
      refusals: [],
    },
    {
      method: "GET",
      path: "/api/tasks",
      summary: "Jobs other than runs, newest first.",
      answers: [json("TaskList", jobList)],
      refusals: [],
    },
    {
      method: "POST",
      path: "/api/tasks/{task}/cancel",
      summary: "Cancels a job that is queued or running.",
      answers: [json("TaskSummary", jobSummary)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: "/api/events",
      summary: "Live events of runs, jobs and experiments; with `scope=full`, also metrics, evaluations, health and log lines of all runs.",
      query: eventsQuery,
      answers: [events("LiveEvent", liveEvent)],
      refusals: [],
    },
    {
      method: "POST",
      path: "/api/demonstration",
      startsWork: true,
      summary: "Sets up the demonstration: data, runs of both methods and their collections.",
      body: jsonBody("DemonstrationRequest", demonstrationRequest, () => ({ kind: "small" as const })),
      answers: [json("TaskSummary", jobSummary)],
      refusals: ["conflict", "unavailable"],
    },
    {
      method: "GET",
      path: "/api/sample",
      summary: "The finished run included with Stanscope, one of its latents, and the run it was opened as.",
      answers: [json("Sample", sample)],
      refusals: ["notFound"],
    },
    {
      method: "POST",
      path: "/api/sample",
      summary: "Opens the sample as a finished run with its statistics; if it is already open, returns that run.",
      answers: [json("RunSummary", runSummary)],
      refusals: ["notFound", "unavailable"],
    },
    {
      method: "GET",
      path: "/api/explainer",
      summary: "The language model that writes labels on request; its key is never sent back.",
      answers: [json("ExplainerSettings", explainerSettings)],
      refusals: [],
    },
    {
      method: "PUT",
      path: "/api/explainer",
      summary: "Changes the explainer's settings, or switches it off.",
      body: jsonBody("SaveExplainerRequest", saveExplainerRequest, () => ({
        isOn: false,
        endpoint: "http://127.0.0.1:8080/v1",
        model: "local",
      })),
      answers: [json("ExplainerSettings", explainerSettings)],
      refusals: [],
    },
    {
      method: "GET",
      path: "/api/openapi.json",
      summary: "This API as OpenAPI 3.1.",
      answers: [file("application/json", "An OpenAPI document.")],
      refusals: [],
    },
  ],
} as const satisfies EndpointArea;
