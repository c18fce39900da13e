/** Keys of the query cache: the one place that says under which name an answer is kept. */
export const keys = {
  status: ["status"],
  runs: ["runs"],
  run: (runId: string) => ["runs", runId],
  collections: (runId: string) => ["runs", runId, "collections"],
  allCollections: ["collections"],
  collection: (collectionId: string) => ["collections", collectionId],
  dictionaries: ["dictionaries"],
  explainer: ["explainer"],
  models: ["models"],
  data: ["data"],
  tasks: ["tasks"],
} as const;
