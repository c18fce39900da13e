import { describe, expect, it } from "vitest";
import { curlOf } from "@/components/steering/curl-of";
import { readSteerParams } from "@/components/steering/tasks/language-model/steer-params";
import { paramsOf, requestOf, shellRequestOf, whyNot } from "@/components/steering/tasks/language-model/steer-request";
import { generateBody } from "@/lib/contract/generate";

const read = (text: string) => readSteerParams(new URLSearchParams(text));

describe("a request", () => {
  it("asks for what the page shows, to be kept", () => {
    expect(requestOf(read("prompt=a&edit=ablatePost*m*2*all&watch=m*3&arms=edited"), true)).toEqual({
      prompt: "a",
      useChatTemplate: true,
      arms: ["edited"],
      edits: [{ operation: "ablatePost", latent: { module: "m", index: 2 }, isOn: true, scope: "all" }],
      sampling: { maxTokens: 64, temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1, seed: 0, stop: [] },
      watch: [{ module: "m", index: 3 }],
      promptLogProbabilities: false,
      topLogProbabilities: 0,
      isKept: true,
    });
  });

  it("names another run only where its arm runs", () => {
    expect(requestOf(read("other=r5"), false).otherRun).toBe("r5");
    expect(requestOf(read("other=r5&arms=base"), false).otherRun).toBeUndefined();
  });

  it("asks in forced reading what else was probable, of the text of an arm that runs", () => {
    const forced = requestOf(read("prompt=a&forced=edited"), false);
    expect([forced.forced, forced.topLogProbabilities]).toEqual([{ by: "edited" }, 3]);
    expect(requestOf(read("prompt=a&forced=edited&arms=base"), false).forced).toEqual({ by: "base" });
    expect(requestOf(read("prompt=a&forcedText=so"), false).forced).toEqual({ text: "so" });
  });

  it("is taken back into the page from the history, unless it has turns or ids", () => {
    const params = read("prompt=a&chat=1&other=r5&forced=other&seed=3&edit=ablatePost*m*2*all&watch=m*3");
    const { collectionId, coloured, compared, studyId, generationIds, ...rest } = params;
    expect(paramsOf(requestOf(params, true))).toEqual(rest);
    expect(paramsOf({ ...requestOf(params, true), promptIds: [2] })).toBeNull();
  });

  it("stands in a shell's command, quotes and all", () => {
    const command = curlOf("r 1", shellRequestOf(requestOf(read("prompt=it's+%22so%22"), false)), "http://127.0.0.1:3000");
    expect(command.startsWith("curl 'http://127.0.0.1:3000/api/runs/r%201/generate' -H 'content-type: application/json' -d '{")).toBe(true);
    const body = /-d '(.*)'$/s.exec(command)?.[1]?.replaceAll(String.raw`'\''`, "'") ?? "";
    expect(generateBody.parse(JSON.parse(body))).toMatchObject({ prompt: `it's "so"`, stream: false });
  });
});

it("says what is missing before anything can run", () => {
  expect(whyNot(read(""))).toMatch(/prompt/);
  expect(whyNot(read("prompt=a&forcedText="))).toMatch(/text/);
  expect(whyNot(read("prompt=a"))).toBeNull();
});
