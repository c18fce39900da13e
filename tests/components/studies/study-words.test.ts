import { describe, expect, it } from "vitest";
import { requestWords } from "@/components/studies/request-words";
import { studyState } from "@/components/studies/study-state";
import { isAtWork } from "@/lib/client/studies";
import type { JobSummary } from "@/lib/contract/run";
import { editStudyRequest } from "@/lib/contract/study";

const job = (change: Partial<JobSummary>): JobSummary => ({
  id: "t",
  kind: "study",
  title: "",
  status: "running",
  done: 0,
  total: null,
  unit: "rows",
  message: "",
  error: null,
  createdAt: "",
  ...change,
});

describe("what is said of a study", () => {
  it("is how far it is while it runs, and its end after", () => {
    expect(studyState({ task: job({}) }).words).toBe("running");
    expect(studyState({ task: job({ done: 3, total: 12 }) })).toEqual({ tone: "live", words: "25\u202f%" });
    expect(studyState({ task: job({ status: "failed" }) }).tone).toBe("bad");
    expect(studyState({ task: null })).toEqual({ tone: "done", words: "done" });
    expect([
      isAtWork({ task: job({ status: "queued" }) }),
      isAtWork({ task: job({ status: "cancelled" }) }),
      isAtWork({ task: null }),
    ]).toEqual([true, false, false]);
  });

  it("is what it reads; the latent too where its name does not tell it", () => {
    const latent = { module: "layers.2.v_proj", index: 3 };
    const request = editStudyRequest.parse({
      kind: "dose",
      latent,
      operation: "clamp",
      values: [0, 5, 5],
      prompts: { heldOutRows: 7 },
      heldOutRows: 1,
    });
    expect(requestWords({ name: "clamp", request }, [])).toBe("layers.2.v_proj #3 · 2 values · 7 prompts · 1 row for the loss");
    expect(requestWords({ name: "clamp of layers.2.v_proj #3", request }, [])).toBe("2 values · 7 prompts · 1 row for the loss");
  });

  it("is, of many latents, how they were chosen", () => {
    const bulk = { kind: "bulk", operation: "ablatePost", prompts: { texts: ["a"] } } as const;
    const wordsOf = (latents: object) => requestWords({ name: "b", request: editStudyRequest.parse({ ...bulk, latents }) }, []);
    expect(wordsOf({ by: "selectivity", count: 11, domain: "law" })).toBe("11 latents, most selective in law · 1 prompt");
    expect(wordsOf({ by: "firing", count: 5 })).toBe("5 latents, strongest on the prompts · 1 prompt");
    expect(wordsOf([{ module: "m", index: 1 }])).toBe("1 latent · 1 prompt");
  });
});
