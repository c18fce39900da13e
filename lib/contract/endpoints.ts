import { benchmarkEndpoints } from "@/lib/contract/endpoints/benchmark-endpoints";
import { comparisonEndpoints } from "@/lib/contract/endpoints/comparison-endpoints";
import { conceptEndpoints } from "@/lib/contract/endpoints/concept-endpoints";
import type { Endpoint, EndpointArea, ExamplePart } from "@/lib/contract/endpoints/endpoint";
import { experimentEndpoints } from "@/lib/contract/endpoints/experiment-endpoints";
import { latentEndpoints } from "@/lib/contract/endpoints/latent-endpoints";
import { libraryEndpoints } from "@/lib/contract/endpoints/library-endpoints";
import { openaiEndpoints } from "@/lib/contract/endpoints/openai-endpoints";
import { runEndpoints } from "@/lib/contract/endpoints/run-endpoints";
import { steeringEndpoints } from "@/lib/contract/endpoints/steering-endpoints";
import { workEndpoints } from "@/lib/contract/endpoints/work-endpoints";

const areas = [
  openaiEndpoints,
  steeringEndpoints,
  runEndpoints,
  latentEndpoints,
  conceptEndpoints,
  benchmarkEndpoints,
  comparisonEndpoints,
  experimentEndpoints,
  libraryEndpoints,
  workEndpoints,
] as const;
/** Every route of the application over HTTP, by subject, in the order of the page that documents them. */
export const endpointAreas: readonly EndpointArea[] = areas;

type KnownEndpoint = (typeof areas)[number]["endpoints"][number];
/** A route's method and path, `GET /api/runs/{run}`. */
export type EndpointKey = KnownEndpoint extends infer Known extends Endpoint
  ? Known extends Known
    ? `${Known["method"]} ${Known["path"]}`
    : never
  : never;
export type EndpointOf<Key extends EndpointKey> = Key extends `${infer Method} ${infer Path}`
  ? Extract<KnownEndpoint, { readonly method: Method; readonly path: Path }>
  : never;

const byKey = new Map<string, Endpoint>(
  endpointAreas.flatMap(({ endpoints }) => endpoints.map((one) => [`${one.method} ${one.path}`, one] as const)),
);

export function endpointOf(key: EndpointKey): Endpoint {
  const found = byKey.get(key);
  if (found === undefined) throw new RangeError(`no endpoint is ${key}`);
  return found;
}

/** What a part of a path stands for. */
export const pathParts: Readonly<Record<ExamplePart, { readonly about: string; readonly isNumber?: boolean }>> = {
  run: { about: "A run's id." },
  collection: { about: "A collection's id." },
  module: { about: "The checkpoint's name of the module." },
  index: { about: "The latent's index in its module; a rank component of LoRA.", isNumber: true },
  context: { about: "Number of a stored row.", isNumber: true },
  model: { about: "A model's id; under /v1 any name that `model` takes." },
  dataSet: { about: "A dataset's id." },
  task: { about: "A job's id." },
  saved: { about: "Id of a saved list of edits." },
  generation: { about: "Id of a generation in the history." },
  study: { about: "A study's id." },
  detection: { about: "Id of a detection of concepts." },
  benchmark: { about: "A benchmark's id." },
  experiment: { about: "An experiment's id." },
  layer: { about: "A source's id in Neuronpedia's form." },
};
