import { endpointAreas } from "@/lib/contract/endpoints";
import type { Answer, Endpoint, ExampleIds, KnownParts } from "@/lib/contract/endpoints/endpoint";
import { plainSchema } from "@/lib/contract/endpoints/named-schemas";
import { describeEndpoints, headOf, refusalsOf } from "@/lib/contract/endpoints/open-api";
import { type FailureCode, failureStatuses } from "@/lib/contract/failure";
import { curlCommand } from "./curl-command";
import { type SchemaForm, schemaForms } from "./schema-rows";

export type ShownAnswer = {
  readonly status: number;
  readonly mediaType: string | null;
  readonly shape: string | null;
  readonly note: string | null;
};

export type ShownEndpoint = {
  /** Anchor, `post-v1-completions`. */
  readonly id: string;
  readonly method: Endpoint["method"];
  readonly path: string;
  readonly summary: string;
  readonly more: string | null;
  readonly query: readonly SchemaForm[];
  readonly body: { readonly shape: string; readonly forms: readonly SchemaForm[] } | null;
  readonly upload: string | null;
  readonly answers: readonly ShownAnswer[];
  readonly refusals: readonly { readonly status: number; readonly code: FailureCode }[];
  readonly curl: string;
};
export type ShownArea = {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly endpoints: readonly ShownEndpoint[];
};
export type ShownShape = { readonly name: string; readonly forms: readonly SchemaForm[] };
export type Reference = { readonly areas: readonly ShownArea[]; readonly shapes: readonly ShownShape[] };

/** The whole documentation, from the registry of endpoints; examples use ids that exist. */
export function reference(origin: string, known: KnownParts): Reference {
  written ??= write();
  const areas = written.areas.map((area) => ({
    ...area,
    endpoints: area.endpoints.map(({ endpoint, ...said }) => ({
      ...said,
      curl: curlCommand(endpoint, origin, exampleIds(endpoint, known)),
    })),
  }));
  return { areas, shapes: written.shapes };
}

/** All but the examples: the same for every reader, and built on first use. */
type Written = {
  readonly areas: readonly (Omit<ShownArea, "endpoints"> & {
    readonly endpoints: readonly (Omit<ShownEndpoint, "curl"> & { readonly endpoint: Endpoint })[];
  })[];
  readonly shapes: readonly ShownShape[];
};
let written: Written | undefined;

function write(): Written {
  const { schemas } = describeEndpoints();
  const areas = endpointAreas.map(({ name, about, endpoints }) => ({
    id: anchor(name),
    name,
    about,
    endpoints: endpoints.map((endpoint) => ({ endpoint, ...shown(endpoint, schemas) })),
  }));
  const bodies = new Set(areas.flatMap(({ endpoints }) => endpoints.map(({ body }) => body?.shape)));
  const shapes = Object.entries(schemas)
    .filter(([name]) => !bodies.has(name))
    .map(([name, schema]) => ({ name, forms: schemaForms(schema) }))
    .sort((a, b) => a.name.localeCompare(b.name));
  return { areas, shapes };
}

/** Placeholders such as `RUN` where an example deletes, overwrites or stops something, so that pasting it does no harm. */
export function exampleIds(endpoint: Pick<Endpoint, "method" | "path">, known: KnownParts): ExampleIds {
  const isHarmless = (endpoint.method === "GET" || endpoint.method === "POST") && !/\/(stop|cancel|resume)$/.test(endpoint.path);
  const word = (part: keyof ExampleIds, text: string) => (isHarmless ? (known[part] ?? text) : text);
  return {
    run: word("run", "RUN"),
    collection: word("collection", "COLLECTION"),
    module: word("module", "model.layers.0.self_attn.v_proj"),
    index: word("index", "0"),
    context: word("context", "0"),
    // Elsewhere than among base models, a run is what `model` names.
    model: /^\/(v1|api\/feature)\//.test(endpoint.path) ? word("run", "RUN") : word("model", "MODEL"),
    chatRun: word("chatRun", "RUN"),
    dataSet: word("dataSet", "DATA_SET"),
    task: word("task", "TASK"),
    saved: word("saved", "SAVED"),
    generation: word("generation", "GENERATION"),
    study: word("study", "STUDY"),
    detection: word("detection", "DETECTION"),
    benchmark: word("benchmark", "BENCHMARK"),
    experiment: word("experiment", "EXPERIMENT"),
    layer: word("layer", "LAYER"),
  };
}

function shown(endpoint: Endpoint, schemas: Readonly<Record<string, Parameters<typeof schemaForms>[0]>>): Omit<ShownEndpoint, "curl"> {
  const { method, path, summary, more, query, body, answers } = endpoint;
  return {
    id: anchor(`${method} ${path}`),
    method,
    path,
    summary,
    more: more ?? null,
    query: query === undefined ? [] : schemaForms(plainSchema(query)),
    body: body?.kind === "json" ? { shape: body.name, forms: schemaForms(schemas[body.name] ?? {}) } : null,
    upload: body?.kind === "file" ? body.is : null,
    answers: answers.map(shownAnswer),
    refusals: refusalsOf(endpoint).map((code) => ({ status: failureStatuses[code], code })),
  };
}

function shownAnswer(answer: Answer): ShownAnswer {
  const { status, mediaType } = headOf(answer);
  switch (answer.kind) {
    case "json":
      return { status, mediaType, shape: answer.name, note: null };
    case "events": {
      const what = answer.mediaType === "text/event-stream" ? "one an event" : "one a line";
      return { status, mediaType, shape: answer.name, note: answer.when === undefined ? what : `${what}, ${answer.when}` };
    }
    case "file":
      return { status, mediaType, shape: null, note: answer.is };
    case "none":
      return { status, mediaType, shape: null, note: null };
  }
}

function anchor(words: string): string {
  return words
    .toLowerCase()
    .replace(/[^\w]+/g, "-")
    .replace(/^-|-$/g, "");
}
