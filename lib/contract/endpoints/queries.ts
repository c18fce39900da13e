import { z } from "zod";
import { adapterFormats, collectionFormats } from "@/lib/contract/api";
import { hubId } from "@/lib/contract/hub";
import { latentQuery } from "@/lib/contract/latent";

/** `GET /api/data/{dataSet}/rows` */
export const dataRowsQuery = z.object({
  from: z.int().min(0).default(0).describe("The first row, from 0."),
  count: z.int().min(1).max(200).default(20),
});

/** `GET /api/hub/models` */
export const hubSearchQuery = z.object({ search: z.string().trim().min(2).max(100).describe("Part of a name.") });

/** `GET /api/hub/model` */
export const hubModelQuery = z.object({
  id: hubId.describe("`owner/name`"),
  revision: z.string().min(1).max(100).optional().describe("Branch, tag or commit; the main branch when left out."),
});

const mostSteps = 2 ** 31 - 1;

/** `GET /api/runs/{run}/metrics` */
export const curveQuery = z.object({
  from: z.int().min(0).max(mostSteps).default(0).describe("The first step."),
  to: z.int().min(0).max(mostSteps).default(mostSteps).describe("The last step, inclusive."),
});

/** `GET /api/runs/{run}/log` */
export const runLogQuery = z.object({
  before: z.int().min(0).optional().describe("The `id` of a line: the page ends before it. Without it, the page of the newest lines."),
});

/** `GET /api/runs/{run}/adapter` */
export const adapterQuery = z.object({
  format: z.enum(adapterFormats).default("tar").describe("The archive's form; neither is compressed."),
});

/** Which latents, in which order: the query of the table, of one latent (for its neighbours) and of the Parquet file. */
export const latentsQuery = latentQuery.omit({ collectionId: true });

/** `GET /api/collections/{collection}/export`; Parquet takes the table's query as well. */
export const exportQuery = latentsQuery.extend({
  format: z.enum([...collectionFormats, "parquet"]),
  module: z.string().optional().describe("That module alone; circuit-tracer and delphi need no other."),
});

/** `GET /api/collections/{collection}/contexts/{context}` */
export const contextQuery = z.object({ module: z.string(), index: z.coerce.number().pipe(z.int().min(0)) });

/** Answers as a file where it is given. */
export const fileQuery = z.object({ format: z.enum(["csv", "json"]).optional().describe("Download format; the file has all rows.") });

/** Uploads: the body is the file's bytes. */
export const uploadQuery = z.object({ name: z.string().describe("The file's name; its ending says what it is.") });

/** `POST /api/runs/import/upload` */
export const importUploadQuery = uploadQuery.extend({
  settings: z.string().optional().describe("JSON: the rest of what `POST /api/runs/import` takes, without `path`."),
});
