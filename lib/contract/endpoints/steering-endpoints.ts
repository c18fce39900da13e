import { activationsRequest } from "@/lib/contract/activations";
import { generateBody, generated, generateEvent } from "@/lib/contract/generate";
import { imageEvent, makeImagesRequest } from "@/lib/contract/make-images";
import { readPictureRequest } from "@/lib/contract/read-picture";
import { readTextRequest, textEvent } from "@/lib/contract/read-text";
import {
  bakeRequest,
  bakeStarted,
  generationPage,
  keptGenerationDetail,
  keptGenerationList,
  savedEdits,
  savedEditsList,
  saveEditsRequest,
} from "@/lib/contract/steering";
import { startStudyRequest, studyDetail, studyList, studySummary } from "@/lib/contract/study";
import { type EndpointArea, type ExampleIds, events, file, json, jsonBody, nothing } from "./endpoint";

const anEdit = ({ module, index }: ExampleIds) => ({
  operation: "scale" as const,
  latent: { module, index: Number(index) || 0 },
  value: 4,
});

export const steeringEndpoints = {
  name: "Generation and steering",
  about: "A prompt in several arms side by side: the base model, the adapter, the adapter with edits, another run's adapter.",
  endpoints: [
    {
      method: "POST",
      path: "/api/runs/{run}/generate",
      summary: "Generates in up to four arms at once, token by token, with the KL between them.",
      more: "Closing the connection ends the generation.",
      body: jsonBody("GenerateBody", generateBody, (ids) => ({
        prompt: "Once upon a time",
        edits: [anEdit(ids)],
        sampling: { maxTokens: 16 },
      })),
      answers: [events("GenerateEvent", generateEvent, "text/event-stream", "unless `stream` is false"), json("Generated", generated)],
      refusals: ["notFound", "conflict", "tooLarge", "unavailable", "busy"],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/text",
      summary: "The latents that fire on a text: every module's kept latents at each token.",
      more: "For an encoder, also its head's predictions: without edits, with all, with each alone, and over the values of one.",
      body: jsonBody("ReadTextRequest", readTextRequest, () => ({ text: "Two cups of flour" })),
      answers: [events("TextEvent", textEvent, "application/x-ndjson")],
      refusals: ["notFound", "conflict", "unavailable", "busy"],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/activations",
      summary: "The latents that fire on each of many texts, as a Parquet file: a row for each latent at each token.",
      more: "Columns: text (its place in the request), position, tokenId, token, module, latent, activation, outputShare, attribution (nats, where requested), isTruncated. A text that cannot be read after the first breaks the download off; such a file does not open.",
      body: jsonBody("ActivationsRequest", activationsRequest, () => ({ texts: ["Two cups of flour", "The court finds"] })),
      answers: [file("application/vnd.apache.parquet", "Read it with pandas, Polars or DuckDB.")],
      refusals: ["notFound", "conflict", "unavailable", "busy"],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/picture",
      summary:
        "What an encoder of images predicts for a picture, and the latents that fire on it: every module's kept latents at each patch.",
      more: "The picture is a row of the run's dataset or of a collection's, or a PNG, JPEG or WebP file. Predictions come without edits, with all, with each alone, and over the values of one.",
      body: jsonBody("ReadPictureRequest", readPictureRequest, () => ({ picture: { kind: "row" as const, row: 0 } })),
      answers: [events("TextEvent", textEvent, "application/x-ndjson")],
      refusals: ["notFound", "conflict", "tooLarge", "unavailable", "busy"],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/images",
      summary: "Images that a run over a diffusion model makes of a class: base model, adapter and edits from the same noise.",
      more: "Each image comes with its difference from that of the arm before it, whole and by patch. One of the edits can be given at several values.",
      body: jsonBody("MakeImagesRequest", makeImagesRequest, () => ({ class: "0", steps: 30 })),
      answers: [events("ImageEvent", imageEvent, "application/x-ndjson")],
      refusals: ["notFound", "conflict", "unavailable", "busy"],
    },
    {
      method: "GET",
      path: "/api/runs/{run}/edits",
      summary: "A run's saved lists of edits, by name.",
      answers: [json("SavedEditsList", savedEditsList)],
      refusals: ["notFound"],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/edits",
      summary: "Saves a list of edits under a name; /v1 accepts it as `model` `RUN:NAME`.",
      body: jsonBody("SaveEditsRequest", saveEditsRequest, (ids) => ({ name: "louder", edits: [anEdit(ids)] })),
      answers: [json("SavedEdits", savedEdits)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "GET",
      path: "/api/edits/{saved}",
      summary: "One saved list.",
      answers: [json("SavedEdits", savedEdits)],
      refusals: ["notFound"],
    },
    {
      method: "PUT",
      path: "/api/edits/{saved}",
      summary: "Replaces the name, note and edits.",
      body: jsonBody("SaveEditsRequest", saveEditsRequest, (ids) => ({ name: "louder", note: "", edits: [anEdit(ids)] })),
      answers: [json("SavedEdits", savedEdits)],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "DELETE",
      path: "/api/edits/{saved}",
      summary: "Removes a saved list.",
      answers: [nothing],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/runs/{run}/generations",
      summary: "A run's history of generations, newest first.",
      query: generationPage,
      answers: [json("KeptGenerationList", keptGenerationList)],
      refusals: ["notFound"],
    },
    {
      method: "DELETE",
      path: "/api/runs/{run}/generations",
      summary: "Empties the history.",
      answers: [nothing],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/generations/{generation}",
      summary: "One generation with its tokens; its `request` runs it again.",
      answers: [json("KeptGenerationDetail", keptGenerationDetail)],
      refusals: ["notFound"],
    },
    {
      method: "DELETE",
      path: "/api/generations/{generation}",
      summary: "Removes one from the history.",
      answers: [nothing],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/runs/{run}/studies",
      summary: "A run's studies, newest first.",
      answers: [json("StudyList", studyList)],
      refusals: ["notFound"],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/studies",
      startsWork: true,
      summary: "Queues a study: dose and response, many latents, an evaluation with edits, or the gain that the first latents keep alone.",
      body: jsonBody("StartStudyRequest", startStudyRequest, ({ module, index }) => ({
        study: {
          kind: "dose" as const,
          latent: { module, index: Number(index) || 0 },
          operation: "scale" as const,
          values: [0, 1, 2, 4],
          prompts: { texts: ["Once upon a time"] },
        },
      })),
      answers: [json("StudySummary", studySummary)],
      refusals: ["notFound", "conflict", "unavailable"],
    },
    {
      method: "GET",
      path: "/api/studies/{study}",
      summary: "A study with its result so far; it grows while the job runs.",
      answers: [json("StudyDetail", studyDetail)],
      refusals: ["notFound"],
    },
    {
      method: "DELETE",
      path: "/api/studies/{study}",
      summary: "Removes a study; a running one is stopped.",
      answers: [nothing],
      refusals: ["notFound"],
    },
    {
      method: "GET",
      path: "/api/studies/{study}/table",
      summary: "The whole result as a table.",
      answers: [file("text/csv; charset=utf-8", "One line per value, latent or row, depending on the study's kind.")],
      refusals: ["notFound", "conflict"],
    },
    {
      method: "POST",
      path: "/api/runs/{run}/bake",
      startsWork: true,
      summary: "Bakes edits into a new adapter, as a run derived from this one; refuses edits that cannot be expressed as weights.",
      body: jsonBody("BakeRequest", bakeRequest, (ids) => ({ name: "louder, baked", edits: [anEdit(ids)] })),
      answers: [json("BakeStarted", bakeStarted)],
      refusals: ["notFound", "conflict", "unavailable"],
    },
  ],
} as const satisfies EndpointArea;
