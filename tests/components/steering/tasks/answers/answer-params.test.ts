import { describe, expect, it } from "vitest";
import { steerHref } from "@/components/latents/steer-href";
import { curlOf } from "@/components/steering/curl-of";
import { type AnswerParams, readAnswerParams, writeAnswerParams } from "@/components/steering/tasks/answers/answer-params";
import { textsOfTokens } from "@/components/steering/tasks/answers/text-at-peak";

const latent = { module: "bert.encoder.layer.1.attention.self.value", index: 7 };
const all: AnswerParams = {
  collectionId: "c1",
  text: "dull & long\nfilm",
  second: "was it?",
  edits: [
    { operation: "clamp", latent, value: 2.5, isOn: true, scope: { from: 1, to: 3 } },
    { operation: "adapterOff", isOn: false, scope: "all" },
  ],
  view: "score",
  shaded: latent,
};

describe("a link to the answers of an encoder", () => {
  it("gives back all that it was written from", () => {
    expect(readAnswerParams(new URLSearchParams(writeAnswerParams(all)))).toEqual(all);
  });

  it("says nothing of a page on which nothing was done, and leaves out what makes no sense", () => {
    const start = readAnswerParams(new URLSearchParams());
    expect(writeAnswerParams(start)).toBe("");
    expect(readAnswerParams(new URLSearchParams("edit=nonsense&view=loud&colour=x*y"))).toEqual(start);
  });

  it("takes the edits that latents are sent to be steered with", () => {
    const [, query = ""] = steerHref("run", "c1", [latent], "scale").split("?");
    const { edits, collectionId } = readAnswerParams(new URLSearchParams(query));
    expect(collectionId).toBe("c1");
    expect(edits).toEqual([{ operation: "scale", latent, value: 1, isOn: true, scope: "all" }]);
  });
});

it("the request in a shell keeps quotes", () => {
  expect(curlOf("a b", { endpoint: "text", body: { text: "it's", edits: [] } }, "http://h")).toBe(
    `curl 'http://h/api/runs/a%20b/text' -H 'content-type: application/json' -d '{"text":"it'\\''s","edits":[]}'`,
  );
});

describe("the texts of a row's tokens", () => {
  it("are what stands between special tokens: one, or a pair", () => {
    expect(textsOfTokens(["[CLS]", " a", " film", "[SEP]"])).toEqual({ text: "a film", second: null });
    expect(textsOfTokens(["<s>", "Who", "?", "</s>", "</s>", "I", "</s>", "<pad>"])).toEqual({ text: "Who?", second: "I" });
    expect(textsOfTokens(["[CLS]", "[SEP]"])).toBeNull();
  });
});
