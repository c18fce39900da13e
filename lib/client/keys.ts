/** Keys of the query cache: the one place that says under which name an answer is kept. */
export const keys = {
  status: ["status"],
  runs: ["runs"],
  run: (runId: string) => ["runs", runId],
  collections: (runId: string) => ["runs", runId, "collections"],
  savedEdits: (runId: string) => ["runs", runId, "edits"],
  generations: (runId: string) => ["runs", runId, "generations"],
  generation: (generationId: string) => ["generations", generationId],
  studies: (runId: string) => ["runs", runId, "studies"],
  study: (studyId: string) => ["studies", studyId],
  allCollections: ["collections"],
  collection: (collectionId: string) => ["collections", collectionId],
  dictionaries: ["dictionaries"],
  explainer: ["explainer"],
  models: ["models"],
  data: ["data"],
  tasks: ["tasks"],
} as const;
