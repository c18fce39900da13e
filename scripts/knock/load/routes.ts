import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { endpointAreas } from "@/lib/contract/endpoints";
import type { CollectionSummary } from "@/lib/contract/latent";
import { until } from "@/scripts/knock/kills/subject";
import { askedNow, type Place, type Work } from "@/scripts/knock/kills/work";
import { experimentWork } from "@/scripts/knock/kills/works/experiment";
import { benchmarkWork, detectionWork, studyWork } from "@/scripts/knock/kills/works/measurements";
import { generationWork, hubModel } from "@/scripts/knock/kills/works/transfers";
import { sourceIdsOf } from "@/server/interop/source-ids";

/** Addresses that answer at once: pages, and all else. */
export type Routes = { readonly pages: readonly string[]; readonly api: readonly string[] };

/** Fills an application with one of each thing that has an address, and lists every address of the API and of pages that is read by GET. */
export async function makeRoutes(place: Place): Promise<Routes> {
  const { client, run, collection } = place;
  const [study, detection] = [await made(studyWork, place), await made(detectionWork, place)];
  const [measured, experiment] = [await made(benchmarkWork, place), await made(experimentWork, place)];
  const [benchmark = "", task = ""] = measured.split(" ");
  await generationWork.start(place, askedNow("load generation"));
  const { generations } = await client.get<{ generations: { id: string }[] }>(`/api/runs/${run}/generations`);
  await client.send("PUT", "/api/hub", { isOn: true });
  const edits = [{ operation: "scale", latent: place.latents[0], value: 2 }];
  const saved = (await client.send("POST", `/api/runs/${run}/edits`, { name: "load", edits })) as { id: string };
  const { trials } = await client.get<{ trials: { stage: string; run: { id: string } | null }[] }>(`/api/experiments/${experiment}`);
  const [first, second] = trials.flatMap((trial) => (trial.stage === "final" && trial.run !== null ? [trial.run.id] : []));
  const latent = place.latents[0] ?? { module: "", index: 0 };
  const { modules } = await client.get<CollectionSummary>(`/api/collections/${collection}`);
  const layer = sourceIdsOf(modules, { method: "stan", id: run })[modules.findIndex(({ name }) => name === latent.module)] ?? "";
  const parts: Record<string, string> = {
    run,
    collection,
    module: latent.module,
    index: String(latent.index),
    context: "0",
    model: run,
    dataSet: place.dataSet,
    task,
    saved: saved.id,
    generation: generations[0]?.id ?? "",
    study,
    detection,
    benchmark,
    experiment,
    layer,
  };
  const runs = `runs=${first},${second}`;
  const queries: Record<string, string> = {
    "/api/latents": "search=e",
    "/api/hub/models": "search=small",
    "/api/hub/model": `id=${hubModel}`,
    "/api/collections/{collection}/export": "format=parquet",
    "/api/collections/{collection}/contexts/{context}": `module=${latent.module}&index=${latent.index}`,
    "/api/compare": runs,
    "/api/compare/scorecard": runs,
    "/api/compare/budgets": runs,
    // Measured on it: a run that is named twice is compared with itself.
    "/api/compare/items": `runs=${run},${run}&benchmark=${benchmark}`,
    "/api/compare/latents": runs,
    "/api/compare/report": runs,
  };
  const api = endpointAreas
    .flatMap(({ endpoints }) => endpoints)
    .filter(({ method, answers }) => method === "GET" && !answers.some(({ kind }) => kind === "events"))
    // The collection is of text, whose contexts have no image.
    .filter(({ path }) => path !== "/api/collections/{collection}/contexts/{context}/image")
    // Where the API of OpenAI has models, ours has runs.
    .map(({ path }) => ({ path, own: path.startsWith("/api/models/") ? { ...parts, model: place.model } : parts }))
    .map(({ path, own }) => `${filled(path, own, /\{(\w+)\}/g)}${path in queries ? `?${queries[path]}` : ""}`);
  const pages = readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith("page.tsx"))
    // A folder in parentheses groups pages and is in no address.
    .map((name) => filled(join("/", dirname(name).replaceAll(/\/?\(\w+\)/g, "")), parts, /\[(\w+)\]/g))
    .map((path) => (path === "/compare" ? `${path}?${runs}` : path));
  return { pages, api };
}

function filled(path: string, parts: Readonly<Record<string, string>>, pattern: RegExp): string {
  return path.replace(pattern, (_, part: string) => {
    const value = parts[part];
    if (value === undefined) throw new Error(`${path}: nothing of the campaign stands for ${part}`);
    return encodeURIComponent(value);
  });
}

async function made(work: Work, place: Place): Promise<string> {
  const id = await work.start(place, askedNow(`load ${work.name}`));
  await until(work.name, () => work.ended(place, id), 4);
  return id;
}
