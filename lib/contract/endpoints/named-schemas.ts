import { z } from "zod";
import { benchmarkMetric, benchmarkRows, benchmarkScore, benchmarkSummary, runBenchmark } from "@/lib/contract/benchmark";
import { benchmarkTask } from "@/lib/contract/benchmark-task";
import { columnMapping, dataSetSummary } from "@/lib/contract/data-set";
import { detectedConcept, detectionSummary } from "@/lib/contract/detection";
import { edit, latentRef } from "@/lib/contract/edit";
import { latentEffect } from "@/lib/contract/effect";
import {
  experimentArm,
  experimentChoice,
  experimentEstimate,
  experimentRequest,
  experimentSummary,
  experimentTrial,
} from "@/lib/contract/experiment";
import {
  chatMessage,
  generated,
  generatedToken,
  generateEvent,
  generateRequest,
  promptReading,
  samplingSettings,
} from "@/lib/contract/generate";
import { latentLabel } from "@/lib/contract/label";
import { collectionSummary, exampleBand, latentExample, latentRow } from "@/lib/contract/latent";
import { modelSummary } from "@/lib/contract/model";
import { openaiMessage, stanscopeFields } from "@/lib/contract/openai-request";
import { conceptProbes } from "@/lib/contract/probing";
import { evaluationMetrics, jobSummary, runSummary } from "@/lib/contract/run";
import { adapterConfig, runConfig, storedRunConfig, trainingData, trainingSettings } from "@/lib/contract/run-config";
import { keptGeneration, savedEdits } from "@/lib/contract/steering";
import { promptSource, settingEffect, studyRequest, studyResult, studySummary } from "@/lib/contract/study";
import type { EndpointArea } from "./endpoint";
import { writeFieldNotes } from "./field-notes";

/** A schema in JSON Schema's words (draft 2020-12), as far as documentation reads it. */
export type JsonSchema = { readonly [keyword: string]: unknown };

const prefix = "#/components/schemas/";

/** Parts of requests that documentation shows once, and of answers; what a request may leave out an answer has, so the two differ. */
const partsOfRequests = {
  EditInput: edit,
  LatentRef: latentRef,
  SamplingSettingsInput: samplingSettings,
  ChatMessage: chatMessage,
  OpenaiMessage: openaiMessage,
  StanscopeFields: stanscopeFields,
  RunConfigInput: runConfig,
  TrainingDataInput: trainingData,
  TrainingSettingsInput: trainingSettings,
  AdapterConfigInput: adapterConfig,
  ColumnMapping: columnMapping,
  BenchmarkRowsInput: benchmarkRows,
  BenchmarkTaskInput: benchmarkTask,
  ExperimentArmInput: experimentArm,
  StudyRequestInput: studyRequest,
  PromptSourceInput: promptSource,
};
const partsOfAnswers = {
  Edit: edit,
  LatentRef: latentRef,
  SamplingSettings: samplingSettings,
  StoredRunConfig: storedRunConfig,
  TrainingData: trainingData,
  TrainingSettings: trainingSettings,
  AdapterConfig: adapterConfig,
  ColumnMapping: columnMapping,
  ChatMessage: chatMessage,
  RunSummary: runSummary,
  TaskSummary: jobSummary,
  EvaluationMetrics: evaluationMetrics,
  ModelSummary: modelSummary,
  DataSetSummary: dataSetSummary,
  CollectionSummary: collectionSummary,
  LatentRow: latentRow,
  LatentExample: latentExample,
  ExampleBand: exampleBand,
  LatentEffect: latentEffect,
  LatentLabel: latentLabel,
  GenerateRequest: generateRequest,
  GenerateEvent: generateEvent,
  GeneratedToken: generatedToken,
  PromptReading: promptReading,
  Generated: generated,
  SavedEdits: savedEdits,
  KeptGeneration: keptGeneration,
  BenchmarkSummary: benchmarkSummary,
  BenchmarkRows: benchmarkRows,
  BenchmarkTask: benchmarkTask,
  BenchmarkMetric: benchmarkMetric,
  BenchmarkScore: benchmarkScore,
  RunBenchmark: runBenchmark,
  ExperimentSummary: experimentSummary,
  ExperimentAsked: experimentRequest,
  ExperimentArm: experimentArm,
  ExperimentTrial: experimentTrial,
  ExperimentChoice: experimentChoice,
  ExperimentEstimate: experimentEstimate,
  DetectionSummary: detectionSummary,
  DetectedConcept: detectedConcept,
  ConceptProbes: conceptProbes,
  StudySummary: studySummary,
  StudyRequest: studyRequest,
  StudyResult: studyResult,
  PromptSource: promptSource,
  SettingEffect: settingEffect,
};

/**
 * Every schema that endpoints read or answer with, by name; they refer to each other.
 *
 * @throws Error when two schemas have one name
 */
export function namedSchemas(areas: readonly EndpointArea[], failures: Readonly<Record<string, z.ZodType>>): Record<string, JsonSchema> {
  writeFieldNotes();
  const endpoints = areas.flatMap((area) => area.endpoints);
  const requests = registryOf([
    ...Object.entries(partsOfRequests),
    ...endpoints.flatMap(({ body }) => (body?.kind === "json" ? [[body.name, body.schema] as const] : [])),
  ]);
  const answers = registryOf([
    ...Object.entries(partsOfAnswers),
    ...Object.entries(failures),
    ...endpoints.flatMap(({ answers }) =>
      answers.flatMap((answer) => (answer.kind === "json" || answer.kind === "events" ? [[answer.name, answer.schema] as const] : [])),
    ),
  ]);
  return { ...toJson(answers, "output"), ...toJson(requests, "input") };
}

/** The name that a reference speaks of; undefined for a schema that is written out. */
export function nameOfReference(schema: JsonSchema): string | undefined {
  const reference = schema["$ref"];
  return typeof reference === "string" && reference.startsWith(prefix) ? reference.slice(prefix.length) : undefined;
}

export function referenceTo(name: string): { $ref: string } {
  return { $ref: `${prefix}${name}` };
}

/** A schema that is not named: a query's. */
export function plainSchema(schema: z.ZodType): JsonSchema {
  writeFieldNotes();
  const { $schema: _, ...written } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return written;
}

type Registry = z.core.$ZodRegistry<{ id: string }>;

function registryOf(entries: readonly (readonly [name: string, schema: z.ZodType])[]): Registry {
  const registry = z.registry<{ id: string }>();
  const byName = new Map<string, z.ZodType>();
  for (const [id, schema] of entries) {
    const known = byName.get(id);
    if (known !== undefined && known !== schema) throw new Error(`two schemas are called ${id}`);
    byName.set(id, schema);
    registry.add(schema, { id });
  }
  return registry;
}

function toJson(registry: Registry, io: "input" | "output"): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, { io, uri: (id) => `${prefix}${id}`, unrepresentable: "any" });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _schema, $id: _id, ...written } = schema;
      return [name, written];
    }),
  );
}
