import type { BenchmarkSummary } from "@/lib/contract/benchmark";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { ModelSummary } from "@/lib/contract/model";
import { mapping } from "./arms";

export const model: ModelSummary = {
  id: "m1",
  name: "small encoder",
  architecture: "bert",
  format: "safetensors",
  path: "/home/someone/models/small-encoder",
  revision: "sha256:4f2e",
  parameters: 22_713_216,
  sizeBytes: 90_868_376,
  numLayers: 6,
  dModel: 384,
  vocab: 30_522,
  contextLength: 512,
  hasChatTemplate: false,
  projections: [],
  defaultTargets: ["query", "value"],
  createdAt: "2026-11-28T20:00:00.000Z",
};

export const dataSet: DataSetSummary = {
  id: "d1",
  name: "Reviews",
  path: "/home/someone/data/reviews.jsonl",
  format: "jsonl",
  rows: 2003,
  sizeBytes: 411_000,
  columns: [],
  mapping,
  domains: [
    { name: "movies", rows: 1301 },
    { name: "tweets", rows: 702 },
  ],
  splits: [],
  licence: "CC BY 4.0",
  createdAt: "2026-11-28T20:00:00.000Z",
};

export const benchmark: BenchmarkSummary = {
  id: "b1",
  name: "report rows",
  isGeneral: false,
  rows: {
    dataSetId: "d1",
    mapping,
    domains: null,
    part: { kind: "heldOut", validationRows: 401, heldOutPart: "report" },
    count: 401,
    maxTokens: 64,
    useChatTemplate: false,
  },
  task: { kind: "languageModel" },
  dataName: "Reviews",
  numRows: 211,
  rowsHash: "sha256:77aa",
  domains: ["movies", "tweets"],
  createdAt: "2026-11-28T20:00:00.000Z",
};
