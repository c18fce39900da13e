import { createLoader, createSerializer } from "nuqs/server";
import { describe, expect, it } from "vitest";
import { readCompareAddress } from "@/components/compare/compare-address";
import { loadOpenDetection, openDetection } from "@/components/concepts/open-detection";
import { jobsParameters, readJobsAddress } from "@/components/jobs/jobs-address";
import { choiceOf, exampleNames, exampleParameters } from "@/components/latent/example-parameters";
import { readColumns } from "@/components/latent-table/columns/columns";
import { readLatentParams, writeLatentParams } from "@/components/latents/latent-params";
import { rowParameter, withTableRow } from "@/components/latents/table-row";
import { loadOpenMeasure, openMeasure } from "@/components/measures/open-measure";
import { modelsParameters, readModelsAddress } from "@/components/models/models-address";
import { newRunForm } from "@/components/new-run/run-form";
import { withSizes } from "@/components/new-run/sizes-in-address";
import { readNewRunAddress } from "@/components/shell/new-run-address";
import { readAnswerParams, writeAnswerParams } from "@/components/steering/tasks/answers/answer-params";
import { readDiffusionParams, writeDiffusionParams } from "@/components/steering/tasks/diffusion/diffusion-params";
import { readSteerParams, writeSteerParams } from "@/components/steering/tasks/language-model/steer-params";
import { readPictureParams, writePictureParams } from "@/components/steering/tasks/pictures/picture-params";
import { writeTextAddress } from "@/components/text/text-address";
import { plainView, readRunView, readTextAddress, readView, writeCompareAddress, writeRunView, writeView } from "@/tests/support/addresses";

const search = (address: string) => new URLSearchParams(address);
const readChoice = createLoader(exampleParameters, { urlKeys: exampleNames });
const writeJobs = createSerializer(jobsParameters);
const writeDetection = createSerializer(openDetection);
const writeMeasure = createSerializer(openMeasure);
const writeModels = createSerializer(modelsParameters);
const writeChoice = createSerializer(exampleParameters, { urlKeys: exampleNames });

/** Every page with state in its address: the state that an address says, and the address that says this state. */
const pages: Readonly<Record<string, (address: string) => readonly [state: unknown, written: string]>> = {
  runs: (address) => [readView(search(address)), writeView(readView(search(address)))],
  run: (address) => [readRunView(search(address)), writeRunView(readRunView(search(address)))],
  table: (address) => [readLatentParams(search(address)), writeLatentParams(readLatentParams(search(address)))],
  dictionary: (address) => {
    const params = readLatentParams(search(address), "fireCount");
    return [params, writeLatentParams(params, "fireCount")];
  },
  columns: (address) => {
    const columns = readColumns(search(address).get("columns"));
    return [columns, columns === null ? "" : `columns=${columns.join(",")}`];
  },
  examples: (address) => [choiceOf(readChoice(search(address))), writeChoice(choiceOf(readChoice(search(address))))],
  row: (address) => {
    const { at } = createLoader(rowParameter)(search(address));
    return [at, withTableRow({ at })];
  },
  compare: (address) => [readCompareAddress(search(address)), writeCompareAddress(readCompareAddress(search(address)))],
  steer: (address) => [readSteerParams(search(address)), writeSteerParams(readSteerParams(search(address)))],
  concepts: (address) => [loadOpenDetection(search(address)), writeDetection(loadOpenDetection(search(address)))],
  measures: (address) => [loadOpenMeasure(search(address)), writeMeasure(loadOpenMeasure(search(address)))],
  jobs: (address) => [readJobsAddress(search(address)), writeJobs(readJobsAddress(search(address)))],
  models: (address) => [readModelsAddress(search(address)), writeModels(readModelsAddress(search(address)))],
  answers: (address) => [readAnswerParams(search(address)), writeAnswerParams(readAnswerParams(search(address)))],
  picture: (address) => [readPictureParams(search(address)), writePictureParams(readPictureParams(search(address)))],
  diffusion: (address) => [readDiffusionParams(search(address)), writeDiffusionParams(readDiffusionParams(search(address)))],
  text: (address) => [readTextAddress(address), writeTextAddress(readTextAddress(address))],
};

const runsAtFirst = { text: "", method: "all", data: "", model: "", sort: "created", order: "desc" };
const runAtFirst = { range: null, overlayId: "", axis: "step", isLogY: false };
const tableAtFirst = { collectionId: null, sort: "readingOrder", order: "desc", state: "all", duplicates: "folded" };
const examplesAtFirst = { band: null, from: null, to: null, domain: null };
const compareAtFirst = {
  runs: [],
  first: 0,
  second: 1,
  match: "",
  marginPoints: 0,
  marginNats: 0,
  axis: "step",
  cost: "parameters",
  score: "",
  benchmark: "",
};
const samplingAtFirst = { maxTokens: 64, temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1, seed: 0, stop: [] };
const steerAtFirst = {
  collectionId: null,
  prompt: "",
  useChatTemplate: null,
  arms: ["base", "adapter", "edited"],
  otherRun: null,
  forced: null,
  sampling: samplingAtFirst,
  precision: null,
  edits: [],
  watch: [],
  coloured: null,
  compared: ["adapter", "edited"],
  studyId: null,
  generationIds: [],
};
const diffusionAtFirst = {
  ...{ collectionId: null, className: null, seed: 0, images: 1, steps: 30, guidance: 1 },
  ...{ timesteps: null, edits: [] },
};
const pictureAtFirst = { collectionId: null, row: null, edits: [], view: "probability", shaded: null };
const answersAtFirst = { collectionId: null, text: "", second: null, edits: [], view: "probability", shaded: null };
const textAtFirst = {
  text: "",
  second: null,
  useChatTemplate: false,
  attribution: true,
  towards: null,
  measure: null,
  shading: "loss",
  span: null,
  latent: null,
};
const jobsAtFirst = { kind: null, state: null, page: 1 };
const latent = { module: "layers.1.v_proj", index: 87 };

/** Address, its state, and the address that this state is written as; undefined where that is the same. */
const rows: readonly (readonly [page: string, address: string, state: unknown, written?: string])[] = [
  ["runs", "", runsAtFirst],
  [
    "runs",
    "?q=stan+12&method=lora&data=law&model=tiny&sort=loss&order=asc",
    {
      text: "stan 12",
      method: "lora",
      data: "law",
      model: "tiny",
      sort: "loss",
      order: "asc",
    },
  ],
  ["runs", "?q=a%26b%3D%2B%C3%BC", { ...runsAtFirst, text: "a&b=+ü" }],
  ["runs", "?method=all&sort=created&order=desc&q=", runsAtFirst, ""],
  ["runs", "?method=magic&sort=colour&order=up&unknown=1", runsAtFirst, ""],
  ["runs", "?sort=name&sort=loss", { ...runsAtFirst, sort: "name" }, "?sort=name"],

  ["run", "", runAtFirst],
  ["run", "?steps=1200-3400&overlay=r7&x=tokens&y=log", { range: { from: 1200, to: 3400 }, overlayId: "r7", axis: "tokens", isLogY: true }],
  ["run", "?steps=7-5&x=wheels&y=lin&overlay=", runAtFirst, ""],
  ["run", "?steps=5-5", runAtFirst, ""],
  ["run", "?steps=1234567890-12345678901", runAtFirst, ""],
  ["run", "?x=time", { ...runAtFirst, axis: "time" }],

  ["jobs", "", jobsAtFirst],
  ["jobs", "?kind=study&state=open&page=3", { kind: "study", state: "open", page: 3 }],
  ["jobs", "?kind=wheels&state=lost&page=0", jobsAtFirst, ""],

  ["models", "", { show: null }],
  ["models", "?show=m7", { show: "m7" }],

  ["table", "", tableAtFirst],
  [
    "table",
    "?collection=c7&sort=density&order=asc&state=alive&module=layers.1.v_proj&projection=v_proj&domain=law&ranges=density%3A0.0001..0.01%2CmaxActivation%3A4..&search=+of&labelled=none&layerFrom=0&layerTo=5&duplicates=shown",
    {
      collectionId: "c7",
      sort: "density",
      order: "asc",
      state: "alive",
      module: "layers.1.v_proj",
      projection: "v_proj",
      domain: "law",
      ranges: "density:0.0001..0.01,maxActivation:4..",
      search: " of",
      labelled: "none",
      layerFrom: 0,
      layerTo: 5,
      duplicates: "shown",
    },
  ],
  ["table", "?sort=outputShare", { ...tableAtFirst, sort: "outputShare" }],
  ["table", "?ranges=density:0.0001..0.01", { ...tableAtFirst, ranges: "density:0.0001..0.01" }],
  ["table", "?collection=&module=&search=&layerFrom=", tableAtFirst, ""],
  ["table", "?sort=colour&order=asc&layerFrom=1", tableAtFirst, ""],
  ["table", "?collection=c2&layerFrom=1.5&order=asc", { ...tableAtFirst, collectionId: "c2" }, "?collection=c2"],
  ["table", "?layerFrom=many&order=asc", { ...tableAtFirst, order: "asc" }, "?order=asc"],
  ["table", "?ranges=density:much..&order=asc", tableAtFirst, ""],
  ["table", `?order=asc&search=${"a".repeat(101)}`, tableAtFirst, ""],
  ["table", "?layerFrom=1e1", { ...tableAtFirst, layerFrom: 10 }, "?layerFrom=10"],
  ["table", "?columns=density&colour=dead&at=3", tableAtFirst, ""],
  ["dictionary", "", { ...tableAtFirst, sort: "fireCount" }],
  ["dictionary", "?sort=outputShare", { ...tableAtFirst, sort: "outputShare" }],
  ["dictionary", "?sort=fireCount&state=dead", { ...tableAtFirst, sort: "fireCount", state: "dead" }, "?state=dead"],
  ["dictionary", "?sort=nothing", { ...tableAtFirst, sort: "fireCount" }, ""],

  ["columns", "", null],
  ["columns", "?columns=density,domains", ["density", "domains"]],
  ["columns", "?columns=domains%2Cdensity%2Cnothing", ["density", "domains"], "?columns=density,domains"],
  ["columns", "?columns=nothing", null, ""],
  ["columns", "?columns=", null, ""],

  ["examples", "", examplesAtFirst],
  ["examples", "?band=2&show=law", { ...examplesAtFirst, band: 2, domain: "law" }],
  ["examples", "?band=top", { ...examplesAtFirst, band: "top" }],
  ["examples", "?from=-1.5&to=2e3", { ...examplesAtFirst, from: -1.5, to: 2000 }, "?from=-1.5&to=2000"],
  ["examples", "?band=2&from=0", { ...examplesAtFirst, from: 0 }, "?from=0"],
  ["examples", "?band=0&from=x&to=", examplesAtFirst, ""],
  ["examples", "?band=1.5", examplesAtFirst, ""],
  ["examples", "?show=", { ...examplesAtFirst, domain: "" }],
  ["row", "?at=12", 12],
  ["row", "?at=0", 0],
  ["row", "?at=-1", null, ""],
  ["row", "?at=1.5", null, ""],
  ["row", "?at=", null, ""],

  ["concepts", "", { detection: null }],
  ["concepts", "?detection=x%261", { detection: "x&1" }],
  ["concepts", "?detection=", { detection: "" }],

  ["measures", "", { measure: null }],
  ["measures", "?measure=x%261", { measure: "x&1" }],
  ["measures", "?measure=", { measure: "" }],

  ["compare", "", compareAtFirst],
  [
    "compare",
    "?runs=a,b,a&first=2&second=0&match=wallClock&points=1.5&nats=0.01&x=flops&cost=time&score=x%3Aloss&benchmark=b%261",
    {
      runs: ["a", "b", "a"],
      first: 2,
      second: 0,
      match: "wallClock",
      marginPoints: 1.5,
      marginNats: 0.01,
      axis: "flops",
      cost: "time",
      score: "x:loss",
      benchmark: "b&1",
    },
  ],
  ["compare", "?runs=a%2Cb", { ...compareAtFirst, runs: ["a", "b"] }],
  ["compare", "?runs=,a,,b,", { ...compareAtFirst, runs: ["a", "b"] }, "?runs=a,b"],
  ["compare", "?first=-1&second=1.5&match=luck&points=-3&nats=many&x=years&cost=love&score=&benchmark=", compareAtFirst, ""],
  ["compare", "?first=1000&points=101&nats=101", { ...compareAtFirst, marginNats: 101 }, "?nats=101"],
  ["compare", "?first=007&second=1&points=0", { ...compareAtFirst, first: 7 }, "?first=7"],

  ["steer", "", steerAtFirst],
  [
    "steer",
    "?prompt=In+the+beginning&collection=c7&chat=0&arms=base%2Cedited&other=r5&forced=edited&maxTokens=7&temperature=0.5&topK=3&topP=0.9&repetitionPenalty=1.1&seed=-3&precision=bfloat16&stop=%0A&stop=.&edit=clamp*layers.1.v_proj*87*0*generated&edit=adapterOff*all*off&watch=layers.1.v_proj*87&colour=none&compare=base%2Cedited&study=s7&generation=g3&generation=g5",
    {
      ...steerAtFirst,
      prompt: "In the beginning",
      collectionId: "c7",
      useChatTemplate: false,
      arms: ["base", "edited"],
      otherRun: "r5",
      forced: { by: "edited" },
      sampling: { maxTokens: 7, temperature: 0.5, topK: 3, topP: 0.9, repetitionPenalty: 1.1, seed: -3, stop: ["\n", "."] },
      precision: "bfloat16",
      edits: [
        { operation: "clamp", latent, value: 0, scope: "generated", isOn: true },
        { operation: "adapterOff", scope: "all", isOn: false },
      ],
      watch: [latent],
      coloured: "none",
      compared: ["base", "edited"],
      studyId: "s7",
      generationIds: ["g3", "g5"],
    },
  ],
  ["steer", "?other=r5", { ...steerAtFirst, arms: ["base", "adapter", "edited", "other"], otherRun: "r5" }],
  ["steer", "?arms=edited,base", { ...steerAtFirst, arms: ["base", "edited"] }, "?arms=base,edited"],
  ["steer", "?arms=base,other", { ...steerAtFirst, arms: ["base"] }, "?arms=base"],
  ["steer", "?arms=other", steerAtFirst, ""],
  ["steer", "?forced=base&forcedText=x", { ...steerAtFirst, forced: { by: "base" } }, "?forced=base"],
  ["steer", "?forced=nobody&forcedText=+7+*+11", { ...steerAtFirst, forced: { text: " 7 * 11" } }, "?forcedText=+7+*+11"],
  ["steer", "?forcedText=", { ...steerAtFirst, forced: { text: "" } }],
  ["steer", "?chat=1", { ...steerAtFirst, useChatTemplate: true }],
  ["steer", "?chat=yes&precision=int4&other=&study=&collection=", { ...steerAtFirst, collectionId: "" }, "?collection="],
  ["steer", "?maxTokens=-1&topP=7&temperature=hot&seed=&topK=1.5", steerAtFirst, ""],
  ["steer", "?maxTokens=-1&topP=0.5", { ...steerAtFirst, sampling: { ...samplingAtFirst, topP: 0.5 } }, "?topP=0.5"],
  ["steer", "?stop=a&stop=", steerAtFirst, ""],
  ["steer", `?stop=${"abcdefghi".split("").join("&stop=")}`, steerAtFirst, ""],
  [
    "steer",
    "?edit=boost*x&edit=moduleOff*m*all&watch=m&watch=m*&watch=m*x",
    {
      ...steerAtFirst,
      edits: [{ operation: "moduleOff", module: "m", scope: "all", isOn: true }],
    },
    "?edit=moduleOff*m*all",
  ],
  ["steer", "?compare=base,base", steerAtFirst, ""],
  ["steer", "?compare=base", steerAtFirst, ""],
  ["steer", "?compare=other,base,edited", { ...steerAtFirst, compared: ["other", "base"] }, "?compare=other,base"],
  ["steer", "?colour=", { ...steerAtFirst, coloured: "" }],

  ["answers", "", answersAtFirst],
  [
    "answers",
    "?prompt=dull+%26+long%0Afilm&second=was+it%3F&collection=c1&edit=ablatePre*layers.1.v_proj*87*1-3&view=score&colour=layers.1.v_proj*87",
    {
      collectionId: "c1",
      text: "dull & long\nfilm",
      second: "was it?",
      edits: [{ operation: "ablatePre", latent, scope: { from: 1, to: 3 }, isOn: true }],
      view: "score",
      shaded: latent,
    },
  ],
  ["answers", "?second=", { ...answersAtFirst, second: "" }],
  ["answers", "?edit=nonsense&view=loud&colour=x*y", answersAtFirst, ""],
  ["picture", "", pictureAtFirst],
  [
    "picture",
    "?row=7&collection=c&edit=scale*m*3*2*all&view=score&colour=m*3",
    {
      ...pictureAtFirst,
      row: 7,
      collectionId: "c",
      edits: [{ operation: "scale", latent: { module: "m", index: 3 }, value: 2, isOn: true, scope: "all" }],
      view: "score",
      shaded: { module: "m", index: 3 },
    },
  ],
  ["picture", "?row=first&edit=nonsense", pictureAtFirst, ""],
  ["diffusion", "", diffusionAtFirst],
  [
    "diffusion",
    "?class=red+panda&seed=7&images=4&steps=20&guidance=2.5&from=100&to=600&collection=c&edit=scale*m*3*2*all",
    {
      ...{ collectionId: "c", className: "red panda", seed: 7, images: 4, steps: 20, guidance: 2.5 },
      timesteps: { from: 100, to: 600 },
      edits: [{ operation: "scale", latent: { module: "m", index: 3 }, value: 2, isOn: true, scope: "all" }],
    },
  ],
  ["diffusion", "?seed=-1&images=99&steps=x&guidance=&from=9&to=3", diffusionAtFirst, ""],

  ["text", "", textAtFirst],
  [
    "text",
    "#text=500+grams+%26+a%0Apinch&second=of+salt%3F&chat=1&backward=0&towards=not+%26+so&by=activation&shade=outputShare&span=3-7&latent=layers.1.v_proj*87",
    {
      text: "500 grams & a\npinch",
      second: "of salt?",
      useChatTemplate: true,
      attribution: false,
      towards: "not & so",
      measure: "activation",
      shading: "outputShare",
      span: { from: 3, to: 7 },
      latent,
    },
  ],
  ["text", "#second=", { ...textAtFirst, second: "" }],
  ["text", "#by=loudness&span=7-3&shade=rainbow&chat=0&backward=1&towards=&latent=layers.1.v_proj", textAtFirst, ""],
  ["text", "#span=5-5", { ...textAtFirst, span: { from: 5, to: 5 } }],
  ["text", "#main", textAtFirst, ""],
];

/** What an address says, however its characters are encoded. */
const said = (address: string) => [...new URLSearchParams(address.replace(/^[?#]/, ""))];

describe.each(Object.keys(pages))("an address of %s", (page) => {
  const ofPage = rows.filter(([of]) => of === page).map(([, address, state, written = address]) => ({ address, state, written }));
  it.each(ofPage)("opens $address as before and writes it back", ({ address, state, written }) => {
    const [found, text] = pages[page]?.(address) ?? [];
    expect(found).toEqual(state);
    expect(said(text ?? "")).toEqual(said(written));
  });
});

it("the sizes in the address of a new run change its form", () => {
  const form = newRunForm(undefined);
  const sized = (address: string) => withSizes(form, readNewRunAddress(search(address)));
  expect(sized("?rank=24&numLatents=11&k=12&steps=812")).toEqual({
    ...form,
    ownRank: 24,
    numLatents: 11,
    k: 11,
    training: { ...form.training, steps: 812 },
  });
  expect(sized("?rank=0&k=-3&numLatents=many&steps=1.5&from=r&model=m&data=d")).toEqual(form);
});

it("the list of runs begins with what an empty address says", () => {
  expect(plainView).toEqual(runsAtFirst);
});
