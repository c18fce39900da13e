import { describe, expect, it } from "vitest";
import { explainerSettings } from "@/lib/contract/label";
import type { LatentExample, LatentRow } from "@/lib/contract/latent";
import { collectionSettings } from "@/lib/contract/run-config";
import { saveLabel } from "@/server/db/labels/labels";
import { createCollection } from "@/server/db/latents/collections";
import { beginLoad, copyContexts, copyExamples, copyLatents, finishCollection } from "@/server/db/latents/load-collection";
import { newId } from "@/server/db/new-id";
import { askModel } from "@/server/services/explainer/ask-model";
import { chooseExamples } from "@/server/services/explainer/choose-examples";
import { explainLatent, previewExplanation } from "@/server/services/explainer/explain-latent";
import { detectedNumbers, explainMessages, labelOf } from "@/server/services/explainer/messages";
import { getExplainer, saveExplainer } from "@/server/services/explainer/settings";
import { chatEndpoint } from "@/tests/support/chat-endpoint";
import { exportedLatent } from "@/tests/support/exported-latent";
import { freshContext } from "@/tests/support/service-context";
import { latentInput, storedRun } from "@/tests/support/stored-collection";

const context = await freshContext();
const { store } = context;
const runId = await storedRun(store);
const collectionId = await cupsAndNoise();
const latent = { module: "layers.0.q_proj", index: 0 };
const never = new AbortController().signal;

/** A latent with 7 examples in contexts 0 … 6, each `N cups`, and 5 quiet windows in contexts 7 … 11, each `N dogs`. */
async function cupsAndNoise(): Promise<string> {
  const id = newId();
  await createCollection(store.db, { id, runId, name: "all", step: 5, settings: collectionSettings.parse({}) });
  await beginLoad(store, id);
  await copyLatents(store, id, [{ ...latentInput(0, 0, 40), quiet: [0, 1, 2, 3, 4] }, latentInput(0, 1, 0)]);
  const texts = (context: number) => [String(context), context < 7 ? " cups" : " dogs"];
  await copyContexts(
    store,
    id,
    Array.from({ length: 12 }, (_, context) => ({ context, row: context, domain: null, tokenIds: [1, 2], texts: texts(context) })),
  );
  const fires = { position: 1, activation: 2.5, duplicates: 0, from: 0, to: 2, firingPositions: [1], firingActivations: [2.5] };
  const top = Array.from({ length: 7 }, (_, context) => ({ ...fires, context }));
  await copyExamples(store, id, [{ module: 0, index: 0, top, bands: [] }]);
  const module = {
    numLatents: 2,
    dead: 1,
    alwaysOn: 0,
    colourMax: 4,
    updateNorm: null,
    frozenNorm: null,
    updateRange: null,
    meanAbsAttribution: null,
  };
  await finishCollection(
    store,
    { id, runId },
    {
      positions: 1000,
      contexts: 12,
      domains: [],
      modules: [{ ...module, name: "layers.0.q_proj", layer: 0, projection: "q_proj" }],
      numLatents: 2,
      k: 2,
      seconds: 1,
      probes: Array.from({ length: 5 }, (_, i) => ({ context: 7 + i, from: 0, to: 2 })),
      coFiringSampled: 0,
      trainingSteps: [],
    },
  );
  return id;
}

function turnOn(endpoint: string, key?: string) {
  return saveExplainer(context, { isOn: true, endpoint, model: "some-model", ...(key === undefined ? {} : { key }) });
}

/** Numbers of the texts that hold a word, as a judge would answer. */
function textsWith(word: string, content: string): number[] {
  return [...content.matchAll(/Text (\d+):\n([^\n]*)/g)].flatMap(([, number, text]) => (text?.includes(word) ? [Number(number)] : []));
}

describe("the explainer", () => {
  it("is off at first, and sends nothing while it is", async () => {
    expect(await getExplainer(context)).toEqual({ isOn: false, endpoint: "", model: "", hasKey: false });
    const endpoint = await chatEndpoint(() => "cups");
    await saveExplainer(context, { isOn: false, endpoint: endpoint.url, model: "some-model", key: "k1" });
    await expect(explainLatent(context, collectionId, latent, never)).rejects.toMatchObject({ code: "conflict" });
    await previewExplanation(context, collectionId, latent);
    expect(endpoint.calls).toEqual([]);
  });

  it("shows the very text that it sends, stores the label, and tries it on examples that were not shown", async () => {
    const endpoint = await chatEndpoint(({ body }) => {
      const [, user] = body.messages;
      if (!user?.content.startsWith("Description:")) return 'Label: "cups of something"';
      // It finds all but one of those that fire, and takes one quiet text for another.
      const right = textsWith("cups", user.content);
      return `Active: ${JSON.stringify([...right.slice(1), ...textsWith("dogs", user.content).slice(0, 1)])}`;
    });
    await turnOn(endpoint.url, "k1");
    await saveLabel(store.db, runId, { ...latent, text: "old", note: "keep", source: "person", score: null });
    const preview = await previewExplanation(context, collectionId, latent);
    const label = await explainLatent(context, collectionId, latent, never);
    expect(endpoint.calls.map(({ path, authorization, body }) => [path, authorization, body.model])).toEqual([
      ["/v1/chat/completions", "Bearer k1", "some-model"],
      ["/v1/chat/completions", "Bearer k1", "some-model"],
    ]);
    const [asked, tried] = endpoint.calls.map(({ body }) => body.messages);
    expect(asked).toEqual(preview.messages);
    expect(tried).toEqual(
      preview.scoring?.map((message) => ({ ...message, content: message.content.replace("{label}", "cups of something") })),
    );
    const shown = [...(asked?.[1]?.content ?? "").matchAll(/^(\d+)<< cups>>$/gm)].map(([, number]) => Number(number));
    expect(shown).toEqual([0, 2, 4, 6]);
    expect(tried?.[1]?.content).not.toContain("<<");
    for (const number of shown) expect(tried?.[1]?.content).not.toContain(`\n${number} cups`);
    // Three held-out firing texts (1, 3, 5) and three quiet ones: two of three found, one of three answers wrong.
    expect(label).toMatchObject({
      text: "cups of something",
      note: "keep",
      source: "explainer",
      score: { firing: 3, quiet: 3, precision: 2 / 3, recall: 2 / 3, judge: "some-model" },
    });
  });

  it("keeps the label when only its trial fails, and says so", async () => {
    let calls = 0;
    const endpoint = await chatEndpoint(() => (calls++ === 0 ? "mugs" : "I cannot tell."));
    await turnOn(endpoint.url);
    await expect(explainLatent(context, collectionId, latent, never)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/stored without a score: some-model .* answered: I cannot tell/),
    });
    const { rows } = await store.pool.query("SELECT text, score FROM labels WHERE subject_id = $1", [runId]);
    expect(rows).toEqual([{ text: "mugs", score: null }]);
  });

  it("refuses a latent without examples before anything is sent", async () => {
    const endpoint = await chatEndpoint(() => "x");
    await turnOn(endpoint.url);
    await expect(explainLatent(context, collectionId, { ...latent, index: 1 }, never)).rejects.toMatchObject({ code: "conflict" });
    await expect(explainLatent(context, collectionId, { ...latent, index: 2 }, never)).rejects.toMatchObject({ code: "notFound" });
    expect(endpoint.calls).toEqual([]);
  });
});

describe("the explainer's settings", () => {
  it("never give the key, keep it when none is sent, and drop it for another address", async () => {
    expect(explainerSettings.strict().parse(await turnOn("http://127.0.0.1:1/v1/", "k2"))).toMatchObject({
      endpoint: "http://127.0.0.1:1/v1",
      hasKey: true,
    });
    expect(await turnOn("http://127.0.0.1:1/v2")).toMatchObject({ hasKey: true });
    expect(await turnOn("http://127.0.0.1:2/v2")).toMatchObject({ hasKey: false });
    await turnOn("http://127.0.0.1:2/v2", "k3");
    expect(await turnOn("http://127.0.0.1:2/v2", "")).toMatchObject({ hasKey: false });
  });

  it("refuse what is no address, and to be on without one", async () => {
    for (const endpoint of ["", "ftp://host/v1", "host", "https://user:word@host/v1", "https://host/v1?key=x"]) {
      await expect(turnOn(endpoint)).rejects.toMatchObject({ code: "invalid", field: "endpoint" });
    }
    await expect(saveExplainer(context, { isOn: true, endpoint: "http://a/v1", model: " " })).rejects.toMatchObject({ field: "model" });
  });
});

describe("askModel", () => {
  const explainer = (endpoint: string) => ({ isOn: true, endpoint, model: "m", key: "" });
  const ask = (endpoint: string, limitMs?: number) => askModel(explainer(endpoint), [{ role: "user", content: "?" }], never, limitMs);

  it("gives the endpoint's own words when it refuses", async () => {
    const endpoint = await chatEndpoint((_call, response) => {
      response.statusCode = 401;
      response.end('{"error":{"message":"wrong key"}}');
      return undefined;
    });
    await expect(ask(endpoint.url)).rejects.toThrow(/refuses the key: wrong key/);
  });

  it("says when the answer is no completion, does not come, or nobody is there", async () => {
    const other = await chatEndpoint((_call, response) => {
      response.end("<html>");
      return undefined;
    });
    await expect(ask(other.url)).rejects.toThrow(/did not answer with a chat completion: <html>/);
    const silent = await chatEndpoint(() => undefined);
    await expect(ask(silent.url, 50)).rejects.toThrow(/did not answer within 0\.05 s/);
    await expect(ask("http://127.0.0.1:1/v1")).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/cannot be reached/),
    });
  });

  it("does not follow a redirect with the text", async () => {
    const elsewhere = await chatEndpoint(() => "stolen");
    const endpoint = await chatEndpoint((_call, response) => {
      response.writeHead(307, { location: `${elsewhere.url}/chat/completions` });
      response.end();
      return undefined;
    });
    await expect(ask(endpoint.url)).rejects.toMatchObject({ code: "unavailable" });
    expect(elsewhere.calls).toEqual([]);
  });
});

describe("what a language model is shown", () => {
  const tokens = (values: number[]) => values.map((activation, i) => ({ text: ` t${i}`, activation }));
  const example = (activation: number, values: number[]): LatentExample => ({
    ...(exportedLatent(0).examples[0] as LatentExample),
    ...{ activation, tokens: tokens(values) },
  });
  const shown = [example(4, [4, 1.9, -3, 2]), example(-2, [-2, 1, -0.5, 0.1])];
  const contentOf = (row: LatentRow) => explainMessages({ row, logitEffect: null }, { shown, heldOut: [] });

  it("of a dense component are both tails, with the tokens at least half as extreme as the peak marked", () => {
    const tail = { positions: 32, tokens: [] };
    const [task, content] = contentOf({ ...exportedLatent(0).row, positiveTail: tail, negativeTail: tail });
    expect(task?.content).toContain("It has some value at every token");
    expect(content?.content).toBe(
      'Text 1 (high):\n<< t0>> t1 t2<< t3>>\nMarked: " t0" 4.0, " t3" 2.0\n\nText 2 (low):\n<< t0>> t1 t2 t3\nMarked: " t0" -2.0',
    );
  });

  it("of a sparse latent are all tokens at which it is active", () => {
    const [task, content] = contentOf({ ...exportedLatent(0).row, positiveTail: null, negativeTail: null });
    expect(task?.content).toContain("at which it is active");
    expect(content?.content).toMatch(/^Text 1:\n<< t0>><< t1>><< t2>><< t3>>\nActive: /);
  });
});

describe("chooseExamples", () => {
  const at = (context: number): LatentExample => ({ ...(exportedLatent(0).examples[0] as LatentExample), context });

  it("takes turns through top and bands, one side a row of the corpus", () => {
    const band = { from: 0, to: 0.5, firings: 9, lowest: 1, highest: 2 };
    const chosen = chooseExamples({
      row: exportedLatent(3).row,
      examples: [at(0), at(1)],
      bands: [
        { ...band, examples: [at(2), at(3)] },
        { ...band, examples: [at(0), at(4)] },
      ],
      quiet: [at(7), at(8), at(3), at(9)],
    });
    expect(chosen.shown.map(({ context }) => context)).toEqual([0, 2]);
    const heldOut = chosen.heldOut.map(({ example, fires }) => `${example.context} ${fires}`).sort();
    expect(heldOut).toEqual(["1 true", "3 true", "4 true", "7 false", "8 false", "9 false"]);
  });

  it("takes turns through both signs of a dense component, whose positive examples come first", () => {
    const examples = Array.from({ length: 40 }, (_, context) => ({ ...at(context), activation: context < 20 ? 40 - context : -context }));
    const { shown } = chooseExamples({ row: exportedLatent(3).row, examples, bands: [], quiet: [] });
    expect(shown.map(({ context }) => context)).toEqual([0, 20, 2, 22, 4, 24, 6, 26, 8, 28, 10, 30]);
  });

  it("holds nothing out where there is too little to try a label on", () => {
    expect(
      chooseExamples({ row: exportedLatent(3).row, examples: [at(0), at(1), at(2), at(3)], bands: [], quiet: [at(7)] }).heldOut,
    ).toEqual([]);
  });
});

it.each([
  ["<think>is it [cups]?</think>\n\n**Label:** “cups”", "cups"],
  ["Explanation: measures of volume\nBecause …", "measures of volume"],
  ["ratio 3:1 in text", "ratio 3:1 in text"],
  ["  ", ""],
])("Of the answer %j the label is %j", (answer, label) => {
  expect(labelOf(answer)).toBe(label);
});

it.each([
  ["[1, 3]", [1, 3]],
  ["Maybe [2].\nFinal: [1,4]", [1, 4]],
  ["[]", []],
  ["none", undefined],
  ["[7]", undefined],
])("Of the answer %j the numbers are %j of 4 texts", (answer, numbers) => {
  expect(detectedNumbers(answer, 4)).toEqual(numbers && new Set(numbers));
});
