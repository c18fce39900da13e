import { collectionList, histogramList, startCollectionRequest } from "@/lib/contract/api";
import { measureEffectsRequest } from "@/lib/contract/effect";
import { findLatentsQuery, foundLatents } from "@/lib/contract/find-latents";
import { explanationPreview, labelList, latentLabel, saveLabelRequest } from "@/lib/contract/label";
import {
  collectionSummary,
  contextImageQuery,
  latentContext,
  latentDetail,
  latentPage,
  latentRows,
  latentRowsRequest,
} from "@/lib/contract/latent";
import { jobSummary } from "@/lib/contract/run";
import { type EndpointArea, file, json, jsonBody, nothing } from "./endpoint";
import { contextQuery, exportQuery, fileQuery, latentsQuery } from "./queries";

const latent = "/api/collections/{collection}/latents/{module}/{index}";
const asFile = file("text/csv; charset=utf-8", "Where `format` is csv; JSON where it is json.");

export const latentEndpoints = {
  name: "Collections and latents",
  about: "A collection is one statistics pass of a run over a corpus. Imported dictionaries are collections too.",
  endpoints: [
    {
      method: "GET",
      path: "/api/latents",
      summary: "Latents of any run or dictionary by name, label, top token or domain, labelled ones first.",
      more: "Searches each run's newest finished collection and each dictionary, at most the newest 20.",
      query: findLatentsQuery,
      answers: [json("FoundLatents", foundLatents)],
      refusals: [],
    },
    {
      method: "GET",
      path: "/api/runs/{run}/collections",
      summary: "A run's collections, newest first.",
      answers: [json("CollectionList", collectionList)],
      refusals: [],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/collections",
      startsWork: true,
      summary: "Queues a collection.",
      body: jsonBody("StartCollectionRequest", startCollectionRequest, () => ({ maxTokens: 50_000 })),
      answers: [json("CollectionSummary", collectionSummary)],
      refusals: ["notFound", "conflict", "unavailable"],
    },
    {
      method: "GET",
      path: "/api/collections/{collection}",
      summary: "One collection with its modules and domains.",
      answers: [json("CollectionSummary", collectionSummary)],
      refusals: ["notFound"],
    },
    {
      method: "DELETE",
      path: "/api/collections/{collection}",
      summary: "Removes a collection.",
      answers: [nothing],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "POST",
      path: "/api/collections/{collection}/cancel",
      summary: "Ends a collection that is queued or running; it stays listed as cancelled, without its counts.",
      answers: [json("CollectionSummary", collectionSummary)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: "/api/collections/{collection}/latents",
      summary: "A page of the table of latents, sorted and filtered; all of it as a file with `format`.",
      query: latentsQuery.extend(fileQuery.shape),
      answers: [json("LatentPage", latentPage), asFile],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "POST",
      path: "/api/collections/{collection}/rows",
      summary: "Up to 200 latents' rows of the table, in the order of the request.",
      body: jsonBody("LatentRowsRequest", latentRowsRequest, ({ module, index }) => ({ latents: [{ module, index: Number(index) || 0 }] })),
      answers: [json("LatentRows", latentRows)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: "/api/collections/{collection}/histograms",
      summary: "Each numeric column's distribution over all latents.",
      answers: [json("HistogramList", histogramList)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: latent,
      summary: "One latent: numbers, histogram, examples by band, related latents, effects, label.",
      more: "Sort and filters of the table give its neighbours.",
      query: latentsQuery,
      answers: [json("LatentDetail", latentDetail)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: "/api/collections/{collection}/contexts/{context}",
      summary: "A whole row of the corpus, with a latent's activations on it.",
      query: contextQuery,
      answers: [json("LatentContext", latentContext)],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/collections/{collection}/contexts/{context}/image",
      summary: "The image of a context, as the model read it; only where positions are patches.",
      more: "Of a noisy image, `of=clean` gives the image without noise.",
      query: contextImageQuery,
      answers: [file("image/webp", "Resized and cut as the model’s preprocessor says.")],
      refusals: ["notFound"],
    },
    {
      method: "POST",
      path: "/api/collections/{collection}/effects",
      startsWork: true,
      summary: "Measures the effect of ablating latents on held-out loss, with matched random controls.",
      body: jsonBody("MeasureEffectsRequest", measureEffectsRequest, () => ({ latents: { by: "attribution" as const, count: 4 } })),
      answers: [json("TaskSummary", jobSummary)],
      refusals: ["notFound", "conflict", "unavailable"],
    },
    {
      method: "GET",
      path: "/api/collections/{collection}/labels",
      summary: "All labels; as a file with `format`.",
      query: fileQuery,
      answers: [json("LabelList", labelList), asFile],
      refusals: ["notFound"],
    },
    {
      method: "PUT",
      path: "/api/collections/{collection}/labels",
      summary: "Writes one latent's label and note; both empty remove it.",
      body: jsonBody("SaveLabelRequest", saveLabelRequest, ({ module, index }) => ({
        module,
        index: Number(index) || 0,
        text: "cups and spoons",
      })),
      answers: [json("LabelList", labelList)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: `${latent}/explanation`,
      summary: "The exact text that the explainer would receive.",
      answers: [json("ExplanationPreview", explanationPreview)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "POST",
      path: `${latent}/explanation`,
      summary: "Asks the explainer for a label; off until one is set up.",
      answers: [json("LatentLabel", latentLabel)],
      refusals: ["notFound", "conflict", "unavailable"],
    },
    {
      method: "GET",
      path: "/api/collections/{collection}/export",
      summary: "The collection in another tool's format, or as Parquet.",
      query: exportQuery,
      answers: [
        file("application/gzip", "Neuronpedia's, circuit-tracer's or delphi's files."),
        file("application/vnd.apache.parquet", "The table of latents, where `format` is parquet."),
      ],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: `${latent}/feature`,
      summary: "A latent as circuit-tracer's pages read a feature.",
      answers: [file("application/json", "In circuit-tracer's own form.")],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: "/api/feature/{model}/{layer}/{index}",
      summary: "A latent in the form of Neuronpedia's route of this name.",
      more: "Here `model` is a run's or a collection's id or name, or the model's id in an export; `layer` a source's id there.",
      answers: [file("application/json", "In Neuronpedia's own form.")],
      refusals: ["notFound", "conflict"],
    },
  ],
} as const satisfies EndpointArea;
