import type { BenchmarkSummary, MeasureStarted } from "@/lib/contract/benchmark";
import type { DetectionSummary } from "@/lib/contract/detection";
import type { CollectionSummary, LatentDetail } from "@/lib/contract/latent";
import type { JobSummary } from "@/lib/contract/run";
import type { StudySummary } from "@/lib/contract/study";
import { doubled, endOf, hashOf, jobEnded, jobsSince, type Work } from "@/scripts/knock/kills/work";
import { textRows } from "./training";

export const collectionWork: Work = {
  name: "collection",
  async start(place, { label, key }) {
    const settings = { name: label, maxTokens: 4000, shardTokens: 1000, attributionRows: 12 };
    return ((await place.client.send("POST", `/api/runs/${place.run}/collections`, settings, key)) as CollectionSummary).id;
  },
  async find(place, { label }) {
    const { collections } = await place.client.get<{ collections: CollectionSummary[] }>(`/api/runs/${place.run}/collections`);
    return collections.filter(({ name }) => name === label).map(({ id }) => id);
  },
  ended: async (place, id) => endOf(await place.client.get<CollectionSummary>(`/api/collections/${id}`)),
  result: async (place, id) => hashOf(await place.client.text(`/api/collections/${id}/latents?format=csv`)),
  async faults(place, id) {
    const lines = (await place.client.text(`/api/collections/${id}/latents?format=csv`)).trim().split("\n");
    return doubled("row", lines);
  },
  remove: (place, id) => place.client.remove(`/api/collections/${id}`),
};

export const effectsWork: Work = {
  name: "effects",
  async start(place, { key }) {
    const request = { latents: place.latents.slice(0, 3) };
    return ((await place.client.send("POST", `/api/collections/${place.collection}/effects`, request, key)) as JobSummary).id;
  },
  find: (place, { since }) => jobsSince(place, "measureEffects", since),
  ended: jobEnded,
  async result(place) {
    const details = place.latents
      .slice(0, 3)
      .map(({ module, index }) => place.client.get<LatentDetail>(`/api/collections/${place.collection}/latents/${module}/${index}`));
    return hashOf(JSON.stringify((await Promise.all(details)).map(({ effects }) => effects)));
  },
  remove: async () => {},
};

export const studyWork: Work = {
  name: "study",
  async start(place, { label, key }) {
    const prompts = { texts: ["The function returns", "In the beginning"] };
    const [latent] = place.latents;
    const study = {
      kind: "dose",
      latent,
      operation: "scale",
      values: [0, 2, 4],
      prompts,
      heldOutRows: 6,
      controls: 2,
      continuationTokens: 8,
    };
    return ((await place.client.send("POST", `/api/runs/${place.run}/studies`, { name: label, study }, key)) as StudySummary).id;
  },
  async find(place, { label }) {
    const { studies } = await place.client.get<{ studies: StudySummary[] }>(`/api/runs/${place.run}/studies`);
    return studies.filter(({ name }) => name === label).map(({ id }) => id);
  },
  async ended(place, id) {
    const { task } = await place.client.get<StudySummary>(`/api/studies/${id}`);
    return task === null ? "lost: the study has no task" : endOf(task);
  },
  result: async (place, id) => hashOf(await place.client.text(`/api/studies/${id}/table`)),
  remove: (place, id) => place.client.remove(`/api/studies/${id}`),
};

export const detectionWork: Work = {
  name: "detection",
  async start(place, { key }) {
    const request = { dataSetId: place.dataSet, by: "domain", probe: true };
    return ((await place.client.send("POST", `/api/runs/${place.run}/detections`, request, key)) as DetectionSummary).id;
  },
  async find(place, { since }) {
    const { detections } = await place.client.get<{ detections: DetectionSummary[] }>(`/api/runs/${place.run}/detections`);
    return detections.filter(({ createdAt }) => new Date(createdAt) >= since).map(({ id }) => id);
  },
  async ended(place, id) {
    const { task } = await place.client.get<DetectionSummary>(`/api/detections/${id}`);
    return task === null ? "lost: the detection has no task" : endOf(task);
  },
  async result(place, id) {
    const tables = ["table", "probes"].map((name) => place.client.text(`/api/detections/${id}/${name}`));
    return hashOf(...(await Promise.all(tables)));
  },
  remove: (place, id) => place.client.remove(`/api/detections/${id}`),
};

/** The id is the benchmark's, and after a space the task's. */
export const benchmarkWork: Work = {
  name: "benchmark",
  async start(place, { label, key }) {
    const { mapping } = textRows(place);
    const rows = { dataSetId: place.dataSet, mapping, part: { kind: "all" }, maxTokens: 64 };
    const settings = { name: label, rows, task: { kind: "languageModel" } };
    const { id } = (await place.client.send("POST", "/api/benchmarks", settings, key)) as BenchmarkSummary;
    const path = `/api/runs/${place.run}/benchmarks`;
    const started = (await place.client.send("POST", path, { benchmarks: [id] }, `${key} measured`)) as MeasureStarted;
    return `${id} ${started.tasks[0]?.id}`;
  },
  async find(place, { label, since }) {
    const { benchmarks } = await place.client.get<{ benchmarks: BenchmarkSummary[] }>("/api/benchmarks");
    const made = benchmarks.filter(({ name }) => name === label);
    const tasks = await jobsSince(place, "benchmark", since);
    return made.flatMap(({ id }) => tasks.map((task) => `${id} ${task}`));
  },
  ended: (place, id) => jobEnded(place, id.split(" ")[1] ?? ""),
  result: async (place, id) => hashOf(await place.client.text(`/api/runs/${place.run}/benchmarks/${id.split(" ")[0]}/table`)),
  remove: (place, id) => place.client.remove(`/api/benchmarks/${id.split(" ")[0]}`),
};
