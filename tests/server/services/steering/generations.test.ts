import { describe, expect, it } from "vitest";
import { type Generated, type GeneratedToken, generated, generateRequest } from "@/lib/contract/generate";
import { generationPage, keptGenerationDetail } from "@/lib/contract/steering";
import { setRunStatus } from "@/server/db/runs/runs";
import { insertGeneration } from "@/server/db/steering/generations";
import { deleteRun } from "@/server/services/runs/delete-run";
import { clearGenerations, getGeneration, listGenerations, removeGeneration } from "@/server/services/steering/generations";
import { keepGeneration } from "@/server/services/steering/keep-generation";
import { freshContext } from "@/tests/support/service-context";
import { storedRun } from "@/tests/support/stored-collection";

const context = await freshContext();
const { store } = context;
const page = generationPage.parse({});
const off = { operation: "moduleOff", module: "m" };

function tokenOf(text: string): GeneratedToken {
  return { text, id: 3, logProbability: -0.5, klToBase: 0.25, klToAdapter: null, activations: [1], injectedNorm: null };
}

function wrote(...texts: string[]): Generated {
  const arms = (["base", "adapter", "edited"] as const).flatMap((arm, place) => {
    const text = texts[place];
    return text === undefined ? [] : [{ arm, text, reason: "stop" as const, tokens: [...text].map(tokenOf) }];
  });
  return {
    promptTokens: [
      { text: "Once", id: 5 },
      { text: " upon", id: 6 },
    ],
    watched: [],
    arms,
    tokensPerSecond: 7,
  };
}

function asked(prompt: string, changes: object = {}) {
  return generateRequest.parse({ prompt, ...changes });
}

describe("keepGeneration", () => {
  it("keeps what was asked and all that was written", async () => {
    const run = await storedRun(store);
    const request = asked("Once", { edits: [off, { ...off, isOn: false }], forced: { by: "adapter" }, sampling: { seed: 11 } });
    const id = await keepGeneration(context, run, request, wrote("sea", "land"));
    const kept = keptGenerationDetail.parse(await getGeneration(context, id));
    expect(kept).toMatchObject({ id, runId: run, prompt: "Once", editsOn: 1, isForced: true, request });
    expect(kept.arms).toEqual([
      { arm: "base", text: "sea", tokens: 3 },
      { arm: "adapter", text: "land", tokens: 4 },
    ]);
    expect(generated.parse(kept.generated)).toEqual(wrote("sea", "land"));
    const { request: _request, generated: _generated, ...summary } = kept;
    expect(await listGenerations(context, run, page)).toEqual({ generations: [summary], total: 1 });
  });

  it("calls a chat by its last turn, and given ids by their text", async () => {
    const run = await storedRun(store);
    const messages = [
      { role: "user", content: "one" },
      { role: "assistant", content: "two" },
      { role: "user", content: "three" },
    ];
    const chat = await keepGeneration(context, run, asked("", { messages }), wrote("x"));
    const ids = await keepGeneration(context, run, asked("", { promptIds: [5, 6] }), wrote("x"));
    expect((await getGeneration(context, chat)).prompt).toBe("three");
    expect((await getGeneration(context, ids)).prompt).toBe("Once upon");
  });

  it("takes what the database cannot store for U+FFFD, and cuts no character in two", async () => {
    const run = await storedRun(store);
    const id = await keepGeneration(context, run, asked(`${"x".repeat(239)}😀 and on`), wrote("a\0b\ud800c"));
    const kept = await getGeneration(context, id);
    expect(kept.generated.arms[0]?.text).toBe("a\ufffdb\ufffdc");
    expect(kept.prompt).toBe(`${"x".repeat(239)}…`);
    expect(kept.request.prompt).toContain("😀 and on");
  });

  it("refuses a run that is not there", async () => {
    await expect(keepGeneration(context, "nowhere", asked("x"), wrote("x"))).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("a run's history", () => {
  it("comes newest first, page by page, and is searched in prompts and texts", async () => {
    const run = await storedRun(store);
    for (const [prompt, text] of [
      ["A sea", "of 100%"],
      ["B", "the SEA"],
      ["C_d", "land"],
    ] as const)
      await keepGeneration(context, run, asked(prompt), wrote(text));
    const promptsOf = async (changes: object) => {
      const { generations, total } = await listGenerations(context, run, generationPage.parse(changes));
      return [generations.map(({ prompt }) => prompt), total];
    };
    expect(await promptsOf({})).toEqual([["C_d", "B", "A sea"], 3]);
    expect(await promptsOf({ offset: 1, limit: 1 })).toEqual([["B"], 3]);
    expect(await promptsOf({ search: "sEa" })).toEqual([["B", "A sea"], 2]);
    // Not as patterns.
    expect(await promptsOf({ search: "0%" })).toEqual([["A sea"], 1]);
    expect(await promptsOf({ search: "_" })).toEqual([["C_d"], 1]);
  });

  it("holds the newest alone where it is full, and leaves other runs' as they are", async () => {
    const [run, other] = [await storedRun(store), await storedRun(store)];
    await keepGeneration(context, other, asked("other"), wrote("x"));
    for (const prompt of ["1", "2", "3", "4", "5"]) {
      const row = { request: asked(prompt), generated: wrote("x"), prompt, editsOn: 0, isForced: false, arms: [], searched: "" };
      await insertGeneration(store.db, { id: `${prompt}-${run}`, runId: run, ...row }, 3);
    }
    const { generations, total } = await listGenerations(context, run, page);
    expect([generations.map(({ prompt }) => prompt), total]).toEqual([["5", "4", "3"], 3]);
    expect((await listGenerations(context, other, page)).total).toBe(1);
  });

  it("loses one, all, and with the run everything", async () => {
    const run = await storedRun(store);
    const [first, second] = [
      await keepGeneration(context, run, asked("1"), wrote("x")),
      await keepGeneration(context, run, asked("2"), wrote("x")),
    ];
    await removeGeneration(context, first);
    await expect(removeGeneration(context, first)).rejects.toMatchObject({ code: "notFound" });
    expect((await listGenerations(context, run, page)).generations.map(({ id }) => id)).toEqual([second]);
    await clearGenerations(context, run);
    expect((await listGenerations(context, run, page)).total).toBe(0);
    const last = await keepGeneration(context, run, asked("3"), wrote("x"));
    await setRunStatus(store.db, run, "finished");
    await deleteRun(context, run);
    await expect(getGeneration(context, last)).rejects.toMatchObject({ code: "notFound" });
  });
});
