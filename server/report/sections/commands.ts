import { type ExperimentDetail, experimentRequest } from "@/lib/contract/experiment";
import { isWhole } from "@/lib/contract/run-config";
import type { Block, Section } from "@/server/report/document";
import type { ReportMaterial } from "@/server/report/material";
import { commandNames, headlessConfig, inOrder, lastPart } from "@/server/report/reproduce";

/** What to type to have the same again. */
export function commandsSection(material: ReportMaterial): Section {
  const { experiment } = material;
  return {
    title: "To repeat it",
    blocks: [...runBlocks(material), ...(experiment === null ? [] : experimentBlocks(experiment, material)), ...reportBlocks(material)],
  };
}

function runBlocks(material: ReportMaterial): Block[] {
  const runs = [...material.runs.values()];
  const named = commandNames(material);
  const own = runs.flatMap((one) => {
    const name = named.get(one.run.id);
    return isWhole(one.config) && one.bakedEdits === null && name !== undefined
      ? [{ name, run: one.run, config: headlessConfig(one.config, material) }]
      : [];
  });
  const others = runs.filter(({ run }) => !own.some((one) => one.run.id === run.id)).map(({ run }) => run.name);
  const text =
    "Each run by itself, without database or web server: put the model's folder and the data's file beside the configurations, which name them. The last line of evaluations.jsonl is the loss on the same held-out rows as above. On the same machine and versions the numbers are the same; elsewhere they agree to rounding.";
  const commands = own.map(({ name }) => `npm run -s stanscope -- train --config ${name}.json --output ${name}`).join("\n");
  return [
    ...(own.length > 0
      ? [
          { kind: "paragraph" as const, text },
          { kind: "code" as const, summary: "The commands:", language: "sh" as const, code: commands, isFolded: false },
        ]
      : []),
    ...own.map(({ name, run, config }) => ({
      kind: "code" as const,
      summary: `${name}.json, the whole configuration of ${run.name}`,
      language: "json" as const,
      code: JSON.stringify(config, null, 2),
      isFolded: true,
    })),
    ...(others.length > 0
      ? [
          {
            kind: "paragraph" as const,
            text: `Not to be repeated from here, since they were trained elsewhere or written from another adapter: ${others.join(", ")}.`,
          },
        ]
      : []),
  ];
}

const address = "http://127.0.0.1:3000";
const post = (path: string, body: string) => `curl -s ${address}${path} -H 'content-type: application/json' -d ${body}`;

function experimentBlocks({ request, experiment, benchmarks }: ExperimentDetail, { models, dataSets }: ReportMaterial): Block[] {
  const model = models.find(({ id }) => id === request.model);
  const data = dataSets.find(({ id }) => id === request.data.dataSetId);
  const quoted = (value: object) => `'${JSON.stringify(value).replaceAll("'", String.raw`'\''`)}'`;
  const commands = [
    post("/api/models", quoted({ source: "folder", path: `/path/to/${model === undefined ? "model" : lastPart(model.path)}` })),
    post("/api/data", quoted({ path: `/path/to/${data === undefined ? "data" : lastPart(data.path)}` })),
    post("/api/experiments", "@experiment.json"),
    `curl -s '${address}/api/experiments/EXPERIMENT_ID/report?format=html' -o report.html`,
  ].join("\n");
  // The benchmark of the report rows is made anew with the experiment.
  const named = request.benchmarks.flatMap((id) => {
    const name = benchmarks.find((benchmark) => benchmark.id === id)?.name ?? id;
    return name === `${experiment.name}, report rows` ? [] : [`ID of the benchmark ${name}`];
  });
  const { path: _, ...rows } = request.data;
  const body = inOrder(experimentRequest, {
    ...request,
    model: "MODEL_ID",
    data: { ...rows, dataSetId: "DATA_SET_ID" },
    benchmarks: named,
  });
  return [
    {
      kind: "paragraph",
      text: "The whole experiment, sweep and final runs, in a running Stanscope (npm start): the answers to the first two commands hold the ids to put for MODEL_ID and DATA_SET_ID, that to the third the experiment's.",
    },
    { kind: "code", summary: "The commands:", language: "sh", code: commands, isFolded: false },
    {
      kind: "code",
      summary: "experiment.json, the request that started this experiment",
      language: "json",
      code: JSON.stringify(body, null, 2),
      isFolded: true,
    },
  ];
}

function reportBlocks({ comparison: { sides }, experiment }: ReportMaterial): Block[] {
  if (experiment !== null) return [];
  const runs = sides.flatMap((side) => side.runs.map(({ id }) => id)).join(",");
  const code = `curl -s '${address}/api/compare/report?runs=${runs}&format=html' -o report.html`;
  return [{ kind: "code", summary: "This report, where these runs are:", language: "sh", code, isFolded: false }];
}
