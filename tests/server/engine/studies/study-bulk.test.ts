import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import { type BulkRequest, bulkRequest, bulkResult } from "@/lib/contract/study";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { strongestFiring } from "@/server/engine/studies/strongest-firing";
import { type BulkStudy, studyBulk } from "@/server/engine/studies/study-bulk";
import type { StudyContext } from "@/server/engine/studies/study-context";
import { startEngine } from "@/server/engine/tensor/backend";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { finish, toyLora, toyStan } from "@/tests/server/engine/effects/toy-adapters";
import { loadToy } from "@/tests/server/engine/toy";
import { mean, plainBest, plainContinuation, plainKl, plainLogs, plainTarget } from "./plain-study";
import { toyContext, toyTexts } from "./toy-study";

describe.each(["stan", "lora"] as const)("a bulk study of a %s adapter", (method) => {
  let model: CausalModel;
  let adapter: Adapter;
  let context: StudyContext;
  let live: number;
  const prompts = toyTexts([3, 6]);
  const targets = toyTexts([2], 9);

  beforeAll(async () => {
    await startEngine();
    model = loadToy("llama");
    adapter = method === "stan" ? toyStan(model, ["q_proj", "v_proj"]) : toyLora(model, ["v_proj", "down_proj"]);
    context = toyContext(model, adapter);
    finish(study({}, { latents: [{ latent: latent(3, 1), value: 2 }] }));
    live = liveTensors();
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  const latent = (module: number, index: number) => ({ module: adapter.modules[module]?.module ?? "", index });
  const all = () =>
    adapter.modules.flatMap(({ module, numLatents }) => Array.from({ length: numLatents }, (_, index) => ({ module, index })));
  function study(more: Partial<BulkRequest>, other: Partial<BulkStudy> = {}) {
    const base = { kind: "bulk", latents: [latent(0, 0)], operation: "clamp", prompts: { texts: ["-"] }, continuationTokens: 5 };
    const request = bulkRequest.parse({ ...base, ...more });
    return studyBulk(context, { request, prompts, targets, latents: [], ...other });
  }

  const operations = ["clamp", "scale", "ablatePost", "ablatePre", "forceIn"] as const;
  it.each(method === "stan" ? operations : operations.slice(0, 3))(
    "gives what separate passes give, in the order of the latents: %s",
    (operation) => {
      const edits: Edit[] = [{ operation: "add", value: 2, latent: latent(1, 4), isOn: true, scope: "generated" }];
      const value = operation === "clamp" || operation === "scale" ? -4 : null;
      const order = [latent(3, 1), latent(0, 2), latent(1, 0), latent(1, 4), latent(2, 3)];
      const { result, progress } = finish(
        study({ operation, edits, scope: "generated" }, { latents: order.map((one) => ({ latent: one, value })) }),
      );
      expect(bulkResult.parse(result)).toEqual(result);
      expect(result.rows.map((row) => row.latent)).toEqual(order);
      expect(progress.at(-1)?.done).toBe(progress.at(-1)?.total);
      const continuations = prompts.map(({ ids }) => plainContinuation(model, { adapter, edits }, ids, 5, context.endIds));
      expect(result.positions).toBe(continuations.flat().length);
      for (const row of result.rows) {
        const studied = { operation, latent: row.latent, isOn: true, scope: "generated", ...(value === null ? {} : { value }) } as Edit;
        const arm = { adapter, edits: [...edits, studied] };
        const byPrompt = prompts.map(({ ids }, prompt) => {
          const text = [...ids, ...(continuations[prompt] ?? [])];
          const read = (edited: typeof arm | object) => plainLogs(model, edited, text, ids.length).slice(ids.length - 1, -1);
          const [own, adapted, base] = [read(arm), read({ adapter, edits }), read({})];
          return {
            klToAdapter: mean(own.map((logs, i) => plainKl(logs, adapted[i] ?? logs))),
            klToBase: mean(own.map((logs, i) => plainKl(logs, base[i] ?? logs))),
            changed: mean(own.map((logs, i) => (plainBest(logs) === plainBest(adapted[i]) ? 0 : 1))),
            target: plainTarget(model, arm, ids, targets[0]?.ids ?? []),
            targetBefore: plainTarget(model, { adapter, edits }, ids, targets[0]?.ids ?? []),
          };
        });
        expect(row.value).toBe(value);
        expect(row.klToAdapter.mean).toBeCloseTo(mean(byPrompt.map((one) => one.klToAdapter)), 5);
        expect(row.klToBase.mean).toBeCloseTo(mean(byPrompt.map((one) => one.klToBase)), 5);
        expect(row.changedTokens.mean).toBeCloseTo(mean(byPrompt.map((one) => one.changed)), 9);
        expect(row.targets[0]?.mean).toBeCloseTo(mean(byPrompt.map((one) => one.target)), 5);
        expect(row.targetChanges[0]?.mean).toBeCloseTo(mean(byPrompt.map((one) => one.target - one.targetBefore)), 5);
        expect(row.firings).toBe(firings(row.latent, edits, continuations));
      }
      expect(result.rows.some(({ klToAdapter }) => klToAdapter.mean > 1e-4)).toBe(true);
      expect(liveTensors()).toBe(live);
    },
  );

  /** How often a latent fires where a continuation's tokens are predicted, from separate passes. */
  function firings(wanted: { module: string; index: number }, edits: readonly Edit[], continuations: readonly number[][]): number {
    let count = 0;
    prompts.forEach(({ ids }, prompt) => {
      const text = [...ids, ...(continuations[prompt] ?? [])];
      const hooks = adapterHooks(adapter, {
        edits,
        onActivations({ module }, { width, indices, values }) {
          indices.forEach((index, at) => {
            const position = Math.floor(at / width);
            const isRead = position >= ids.length - 1 && position < text.length - 1;
            if (module === wanted.module && index === wanted.index && values[at] !== 0 && isRead) count++;
          });
        },
      });
      const batch = { ids: Int32Array.from(text), rows: 1, tokens: text.length, promptLengths: Int32Array.of(ids.length) };
      free(model.forward(batch, { hooks }).final);
    });
    return count;
  }

  it("is 0, exactly, for a latent that fires nowhere, and the same each time", () => {
    const latents = all().map((one) => ({ latent: one, value: null }));
    const { result } = finish(study({ operation: "ablatePost", scope: "all" }, { latents }));
    expect(finish(study({ operation: "ablatePost", scope: "all" }, { latents })).result).toEqual(result);
    expect(result.rows).toHaveLength(all().length);
    const seen = new Set(
      finish(strongestFiring(context, { prompts, count: 10_000 })).result.map(({ module, index }) => `${index} ${module}`),
    );
    const silent = result.rows.filter((row) => row.firings === 0 && !seen.has(`${row.latent.index} ${row.latent.module}`));
    if (method === "stan") expect(silent.length).toBeGreaterThan(3);
    for (const row of silent) expect(row).toMatchObject({ ...result.adapter, klToAdapter: { mean: 0, halfWidth: null } });
    expect(result.rows.filter(({ klToAdapter }) => klToAdapter.mean > 1e-4).length).toBeGreaterThan(3);
  });

  it("finds what fires most strongly on the prompts", () => {
    const largest = new Map<string, number>();
    for (const { ids } of prompts) {
      const hooks = adapterHooks(adapter, {
        onActivations({ module, scaling }, { indices, values }) {
          indices.forEach((index, at) => {
            const key = `${index} ${module}`;
            const strength = Math.abs(values[at] ?? 0) * (adapter.decoderNorms().get(module)?.[index] ?? 0) * scaling;
            largest.set(key, Math.max(largest.get(key) ?? 0, strength));
          });
        },
      });
      free(model.forward({ ids: Int32Array.from(ids), rows: 1, tokens: ids.length }, { hooks }).final);
    }
    const wanted = [...largest].sort(([, a], [, b]) => b - a).slice(0, 5);
    const { result, progress } = finish(strongestFiring(context, { prompts, count: 5 }));
    expect(result.map(({ module, index }) => `${index} ${module}`)).toEqual(wanted.map(([key]) => key));
    expect(progress.at(-1)).toEqual({ done: 2, total: 2, result: null });
    expect(() => finish(strongestFiring(context, { prompts: [], count: 5 }))).toThrow("no prompt");
    expect(liveTensors()).toBe(live);
  });

  it("refuses what cannot be tried", () => {
    expect(() => finish(study({}))).toThrow("at least one latent");
    expect(() => finish(study({}, { latents: [{ latent: latent(0, 0), value: null }] }))).toThrow("clamp takes a finite value");
    expect(() => finish(study({}, { latents: [{ latent: latent(0, 99), value: 1 }] }))).toThrow("latent 99 of");
    const ablated = () => finish(study({ operation: "ablatePre" }, { latents: [{ latent: latent(0, 0), value: null }] }));
    if (method === "lora") expect(ablated).toThrow(/LoRA/);
    else expect(ablated().result.rows).toHaveLength(1);
    expect(liveTensors()).toBe(live);
  });
});
