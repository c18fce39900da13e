import { describe, expect, it } from "vitest";
import { CompletionLog, chatLogprobs } from "@/server/services/openai/log-probabilities";

const rest = { klToBase: null, klToAdapter: null, activations: [], injectedNorm: null };

describe("log-probabilities of a completion", () => {
  it("hold the token that was taken beside the most probable, as the same number where it is one of them", () => {
    const log = new CompletionLog();
    const top = [
      { id: 3, text: " c", logProbability: -0.25 },
      { id: 4, text: " d", logProbability: -2 },
    ];
    expect(log.token({ ...rest, id: 3, text: " c", logProbability: -0.250001, top })).toEqual({
      tokens: [" c"],
      token_logprobs: [-0.25],
      top_logprobs: [{ " c": -0.25, " d": -2 }],
      text_offset: [0],
    });
    expect(log.token({ ...rest, id: 9, text: " z", logProbability: -7, top })).toMatchObject({
      token_logprobs: [-7],
      top_logprobs: [{ " c": -0.25, " d": -2, " z": -7 }],
      text_offset: [2],
    });
  });

  it("keep the most probable of tokens with one text, so that a lesser one does not pass for it", () => {
    const top = [{ id: 5, text: "", logProbability: -1 }];
    const { token_logprobs, top_logprobs } = new CompletionLog().token({ ...rest, id: 6, text: "", logProbability: -4, top });
    expect([token_logprobs, top_logprobs]).toEqual([[-4], [{ "": -1 }]]);
  });

  it("count places in characters, and from the answer's text where it leaves the first special token out", () => {
    const log = new CompletionLog(-3);
    const tokens = [
      { id: 1, text: "<s>" },
      { id: 2, text: "𝄞a" },
      { id: 3, text: "b" },
    ];
    expect(log.prompt(tokens, []).text_offset).toEqual([0, 0, 2]);
  });
});

describe("log-probabilities of a chat", () => {
  it("come with each token's bytes", () => {
    const top = [{ id: 3, text: "é", logProbability: -1 }];
    expect(chatLogprobs({ ...rest, id: 3, text: "é", logProbability: -1, top })).toEqual({
      content: [{ token: "é", logprob: -1, bytes: [195, 169], top_logprobs: [{ token: "é", logprob: -1, bytes: [195, 169] }] }],
      refusal: null,
    });
  });
});
