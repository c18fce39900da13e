import { expect, it } from "vitest";
import { hubOrigin } from "@/lib/contract/hub-origin";

it("a model of the hub has its id and commit, one of a folder or file has neither", () => {
  expect(hubOrigin({ revision: "HuggingFaceTB/SmolLM2-135M@12fd25f77366fa6b" })).toEqual({
    id: "HuggingFaceTB/SmolLM2-135M",
    commit: "12fd25f77366fa6b",
  });
  expect(hubOrigin({ revision: "owner/tiny-GGUF@12fd#tiny.Q4_0.gguf" })).toEqual({ id: "owner/tiny-GGUF", commit: "12fd" });
  expect(hubOrigin({ revision: "sha256:ab12" })).toBeUndefined();
  expect(hubOrigin({ revision: "no-owner@ab12" })).toBeUndefined();
});
