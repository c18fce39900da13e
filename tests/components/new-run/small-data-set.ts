import type { DataSetSummary } from "@/lib/contract/data-set";

export const dataSet: DataSetSummary = {
  id: "d",
  name: "notes",
  path: "/data/notes.jsonl",
  format: "jsonl",
  rows: 11,
  sizeBytes: 700,
  columns: [{ name: "text", samples: ["a note"] }],
  mapping: null,
  domains: [],
  splits: [],
  licence: null,
  createdAt: "2026-01-01T00:00:00.000Z",
};
