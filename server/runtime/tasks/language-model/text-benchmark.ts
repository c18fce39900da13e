import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { AnswerBenchmarkTask } from "@/lib/contract/tasks/benchmark-tasks";
import { measureItems, unitsOf } from "@/server/engine/benchmarks/measure-items";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import type { OpensBenchmark } from "@/server/runtime/tasks/benchmark-work";
import { readBenchmarkMaterial } from "./benchmark-material";

/** Losses, completions and choices of a model that generates text, beside its base model. */
export const textBenchmark: OpensBenchmark<Exclude<BenchmarkTask, AnswerBenchmarkTask>> = {
  async open(reading, { base, trained }, signal) {
    if (base.kind !== "text") throw new Error(`${base.path} is an encoder, which does not generate text`);
    if (trained === undefined) throw new Error(`over ${base.path} no run was trained that generates text`);
    const tokenizer = demandTokenizer(base.tokenizer, base.path);
    const { contextLength } = base.model.config;
    const material = await readBenchmarkMaterial(reading, { tokenizer, contextLength }, signal);
    const units = unitsOf(material);
    const context = {
      model: base.model,
      adapter: trained,
      isSpecial: tokenizer.isSpecial,
      decode: (ids: readonly number[]) => tokenizer.decode(ids, { skipSpecialTokens: true, looseBytes: "named" }),
      endIds: tokenizer.eosIds,
    };
    return { units: { on: units, off: units }, work: (arm) => measureItems({ ...context, arm }, material) };
  },
};
