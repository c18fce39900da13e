import { collectionList, dataRows, dataSetList, importDictionaryRequest, modelList } from "@/lib/contract/api";
import { addDataSetRequest, preview, previewRequest } from "@/lib/contract/data-set";
import { addModelRequest } from "@/lib/contract/model";
import { jobSummary } from "@/lib/contract/run";
import { type EndpointArea, json, jsonBody, nothing, upload } from "./endpoint";
import { dataRowsQuery, uploadQuery } from "./queries";

export const libraryEndpoints = {
  name: "Models, data, dictionaries",
  about: "Base models, datasets, and latents from other tools. Nothing is downloaded except through these endpoints.",
  endpoints: [
    {
      method: "GET",
      path: "/api/models",
      summary: "Installed base models.",
      answers: [json("ModelList", modelList)],
      refusals: [],
    },
    {
      method: "POST",
      path: "/api/models",
      startsWork: true,
      summary: "Adds a model from a folder or a .gguf file on the server, or fetches one from the hub.",
      body: jsonBody("AddModelRequest", addModelRequest, () => ({ source: "folder" as const, path: "/models/smollm2-135m-instruct" })),
      answers: [json("TaskSummary", jobSummary)],
      refusals: ["notFound", "conflict", "unavailable"],
    },
    {
      method: "POST",
      path: "/api/models/upload",
      startsWork: true,
      summary: "Uploads a model file.",
      query: uploadQuery,
      body: upload("A .gguf file, or a .tar of a Hugging Face folder.", "model.gguf"),
      answers: [json("TaskSummary", jobSummary)],
      refusals: ["conflict", "unavailable"],
    },
    {
      method: "DELETE",
      path: "/api/models/{model}",
      summary: "Removes a model; files in your own folders are kept.",
      answers: [nothing],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: "/api/data",
      summary: "Datasets.",
      answers: [json("DataSetList", dataSetList)],
      refusals: [],
    },
    {
      method: "POST",
      path: "/api/data",
      startsWork: true,
      summary:
        "Starts the task that reads a file or folder of rows on the server; the dataset gets the task's id, or keeps its own if the path was added before.",
      body: jsonBody("AddDataSetRequest", addDataSetRequest, () => ({ path: "/data/stories.jsonl" })),
      answers: [json("TaskSummary", jobSummary)],
      refusals: ["notFound", "conflict", "unavailable"],
    },
    {
      method: "POST",
      path: "/api/data/upload",
      startsWork: true,
      summary: "Uploads a file of rows and starts the task that reads it; the dataset gets the task's id.",
      query: uploadQuery,
      body: upload("JSON lines, JSON, CSV, TSV, text or Parquet.", "rows.jsonl"),
      answers: [json("TaskSummary", jobSummary)],
      refusals: ["conflict", "unavailable"],
    },
    {
      method: "POST",
      path: "/api/data/preview",
      summary: "Rows as the loss sees them: tokens, and which carry loss.",
      body: jsonBody("PreviewRequest", previewRequest, ({ model, dataSet }) => ({
        modelId: model,
        dataSetId: dataSet,
        mapping: { kind: "text" as const, text: "text" },
        maxTokens: 128,
      })),
      answers: [json("Preview", preview)],
      refusals: ["notFound", "unavailable", "busy"],
    },
    {
      method: "GET",
      path: "/api/data/{dataSet}/rows",
      summary: "Rows of a dataset, every value as text.",
      query: dataRowsQuery,
      answers: [json("DataRows", dataRows)],
      refusals: ["notFound"],
    },
    {
      method: "DELETE",
      path: "/api/data/{dataSet}",
      summary: "Removes a dataset; files in your own folders are kept.",
      answers: [nothing],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: "/api/dictionaries",
      summary: "Imported dictionaries: collections without a run.",
      answers: [json("CollectionList", collectionList)],
      refusals: [],
    },
    {
      method: "POST",
      path: "/api/dictionaries",
      startsWork: true,
      summary: "Imports a Neuronpedia export from a file or folder on the server.",
      body: jsonBody("ImportDictionaryRequest", importDictionaryRequest, () => ({ path: "/data/gpt2-small.tar.gz" })),
      answers: [json("TaskSummary", jobSummary)],
      refusals: ["notFound", "unavailable"],
    },
    {
      method: "POST",
      path: "/api/dictionaries/upload",
      startsWork: true,
      summary: "Uploads a Neuronpedia export.",
      query: uploadQuery,
      body: upload("A .tar, .tar.gz or .tgz.", "export.tar.gz"),
      answers: [json("TaskSummary", jobSummary)],
      refusals: ["unavailable"],
    },
  ],
} as const satisfies EndpointArea;
