import { detectionDetail, detectionList, detectionSummary, startDetectionRequest } from "@/lib/contract/detection";
import { type EndpointArea, file, json, jsonBody, nothing } from "./endpoint";

export const conceptEndpoints = {
  name: "Concepts",
  about: "How well a run's latents detect concepts: rows that show something, against rows that do not.",
  endpoints: [
    {
      method: "GET",
      path: "/api/runs/{run}/detections",
      summary: "A run's detections, newest first.",
      answers: [json("DetectionList", detectionList)],
      refusals: ["notFound"],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/detections",
      startsWork: true,
      summary: "Queues the detection of a dataset's concepts by every latent of the run.",
      more: "The dataset is in AxBench's layout, or has a text and the columns `concept` and `category` (positive, negative, hard negative); or `by` names a column whose values are the concepts. With `probe`, sparse probes are trained on each concept's rows too.",
      body: jsonBody("StartDetectionRequest", startDetectionRequest, ({ dataSet }) => ({ dataSetId: dataSet })),
      answers: [json("DetectionSummary", detectionSummary)],
      refusals: ["notFound", "conflict", "unavailable"],
    },
    {
      method: "GET",
      path: "/api/detections/{detection}",
      summary: "A detection with the latents that detect each concept best, and the probes.",
      answers: [json("DetectionDetail", detectionDetail)],
      refusals: ["notFound"],
    },
    {
      method: "DELETE",
      path: "/api/detections/{detection}",
      summary: "Removes a detection; a running one is stopped.",
      answers: [nothing],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/detections/{detection}/table",
      summary: "The result as a table.",
      answers: [file("text/csv; charset=utf-8", "One line per concept and latent.")],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: "/api/detections/{detection}/probes",
      summary: "The sparse probes as a table.",
      answers: [file("text/csv; charset=utf-8", "One line per concept and probe.")],
      refusals: ["notFound", "conflict"],
    },
  ],
} as const satisfies EndpointArea;
