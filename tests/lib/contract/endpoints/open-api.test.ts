import { describe, expect, it } from "vitest";
import { endpointAreas } from "@/lib/contract/endpoints";
import { type JsonSchema, namedSchemas } from "@/lib/contract/endpoints/named-schemas";
import { openApiDocument } from "@/lib/contract/endpoints/open-api";

const document = openApiDocument({ url: "http://127.0.0.1:3000", version: "0.1.0" });
const { schemas } = document.components;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation: operation as Operation })),
);

type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  parameters: { name: string; in: "path" | "query"; required: boolean; description?: string; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema?: JsonSchema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema?: JsonSchema }> }>;
};

/** Every object in a tree of JSON. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const part of Object.values(value)) yield* objectsIn(part);
}

const references = [...objectsIn(document)].flatMap(({ $ref }) => (typeof $ref === "string" ? [$ref] : []));

describe("the OpenAPI document", () => {
  it("refers to schemas that it has, and has none that nothing refers to", () => {
    expect(new Set(references)).toEqual(new Set(Object.keys(schemas).map((name) => `#/components/schemas/${name}`)));
    expect(references.length).toBeGreaterThan(200);
  });

  it("is plain JSON, with no keyword that OpenAPI 3.1 has not", () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    for (const schema of objectsIn(schemas)) for (const key of ["$id", "$schema", "nullable"]) expect(schema).not.toHaveProperty([key]);
  });

  it("declares the parts of each path, and gives each operation a name of its own", () => {
    expect(operations.length).toBe(endpointAreas.flatMap(({ endpoints }) => endpoints).length);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    const tags = document.tags.map(({ name }) => name);
    for (const { path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = operation.parameters.filter((parameter) => parameter.in === "path");
      expect(declared.map(({ name }) => name).sort(), path).toEqual(named.sort());
      expect(declared.every(({ required }) => required)).toBe(true);
      const all = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(new Set(all).size).toBe(all.length);
      expect(tags).toContain(operation.tags[0]);
    }
  });

  it("says how each may be refused, under /v1 in OpenAI's form", () => {
    for (const { path, operation } of operations) {
      const refusal = operation.responses["403"]?.content?.["application/json"]?.schema;
      expect(refusal).toEqual({ $ref: `#/components/schemas/${path.startsWith("/v1/") ? "OpenaiFailure" : "Failure"}` });
      expect(operation.responses["200"] ?? operation.responses["204"], path).toBeDefined();
    }
    const generate = operations.find(({ path }) => path === "/api/runs/{run}/generate")?.operation;
    expect(Object.keys(generate?.responses ?? {})).toEqual(["200", "400", "401", "403", "404", "409", "413", "500", "503"]);
    expect(Object.keys(generate?.responses["200"]?.content ?? {})).toEqual(["text/event-stream", "application/json"]);
  });

  it("tells what a request may leave out and an answer has", () => {
    const required = (name: string) => schemas[name]?.["required"] ?? [];
    expect(required("SamplingSettingsInput")).toEqual([]);
    expect(required("SamplingSettings")).toContain("temperature");
    expect(required("ChatCompletionRequest")).toEqual(["messages"]);
    const latents = document.paths["/api/collections/{collection}/latents"]?.["get"] as Operation;
    expect(latents.parameters.find(({ name }) => name === "limit")).toMatchObject({
      in: "query",
      required: false,
      schema: { default: 100 },
    });
    expect(latents.parameters.find(({ name }) => name === "ranges")).toMatchObject({ description: expect.stringMatching(/density/) });
  });

  it("carries what fields mean", () => {
    expect(schemas["SamplingSettingsInput"]).toMatchObject({ properties: { temperature: { description: "0 is greedy.", default: 0 } } });
    const edits = schemas["EditInput"]?.["oneOf"] as JsonSchema[];
    expect(edits.map((edit) => (edit["properties"] as Record<string, JsonSchema>)["operation"]?.["description"])).toHaveLength(10);
    for (const edit of edits) expect(edit).toMatchObject({ properties: { operation: { description: expect.stringMatching(/./) } } });
    expect(schemas["LatentRef"]).not.toHaveProperty("description");
  });

  it("refuses two schemas of one name", () => {
    const [area] = endpointAreas;
    if (area === undefined) throw new Error("there are areas");
    const [chat, complete] = area.endpoints;
    if (chat?.body?.kind !== "json" || complete?.body?.kind !== "json") throw new Error("both have bodies");
    const twice = { ...complete, body: { ...complete.body, name: chat.body.name } };
    expect(() => namedSchemas([{ ...area, endpoints: [chat, twice] }], {})).toThrow("two schemas are called ChatCompletionRequest");
  });
});
