import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import { mergeAdapters } from "@/server/engine/adapters/merge";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { padRows } from "@/server/engine/models/row-batches";
import { readFloats } from "@/server/engine/tensor/create";
import { toyStan } from "@/tests/server/engine/effects/toy-adapters";
import { plainBest, plainLogs } from "@/tests/server/engine/studies/plain-study";

/** Tokens of the run's own text, and of general text. */
const [ownTokens, generalTokens] = [
  [1, 2, 3, 4],
  [10, 11, 12, 13],
];
export const harmful = 6;

type Rows = { readonly ids: Int32Array; readonly labels: Int32Array }[];

/** An adapter with a gain on its own text, in which a group of latents writes what is of no use, on general text alone; they are the last of the first module. */
export function plantHarm(model: CausalModel): { adapter: Adapter; own: Rows; general: Rows } {
  const useful = toyStan(model, ["v_proj", "o_proj"], { selection: "relu", alpha: 60 });
  const [first] = useful.modules;
  if (first === undefined) throw new Error("a module");
  const plan = Adapter.create(
    model.projections,
    {
      method: "stan",
      numLatents: harmful,
      k: harmful,
      alpha: harmful,
      selection: "relu",
      init: "small",
      targets: { modules: [first.module], layers: null },
    },
    1,
  );
  const random = new Random(7);
  const direction = separating(inputsOf(model, first.module));
  const tensors = new Map(
    [...plan.tensors()].map(([module, given]): [string, StanTensors] => {
      const { E, D } = given as StanTensors;
      E.data.forEach((_, at) => {
        E.data[at] = (direction[at % first.dIn] as number) * (1 + 0.1 * Math.floor(at / first.dIn));
      });
      // All write much the same, (dOut, latents), so that each of them does harm.
      const written = random.normals(first.dOut);
      D.data.forEach((_, at) => {
        D.data[at] = 0.4 * (written[Math.floor(at / harmful)] as number) + 0.05 * random.nextNormal();
      });
      return [module, { E, D }];
    }),
  );
  const merged = mergeAdapters(
    [
      { modules: useful.modules, tensors: useful.tensors(), weight: 1 },
      { modules: plan.modules, tensors, weight: 1 },
    ],
    model.projections.map(({ module }) => module),
  );
  const adapter = new Adapter(merged.modules, merged.tensors, model.projections);
  const ids = (tokens: readonly number[], row: number) =>
    Int32Array.from({ length: 6 + (row % 3) }, (_, at) => tokens[(row * 7 + at * at + at) % tokens.length] ?? 0);
  const labelled = (tokens: readonly number[], labelOf: (logs: Float64Array[], base: Float64Array[], at: number) => number): Rows =>
    Array.from({ length: 16 }, (_, row) => {
      const own = ids(tokens, row);
      const [logs, base] = [plainLogs(model, { adapter: useful }, [...own]), plainLogs(model, {}, [...own])];
      return { ids: own, labels: own.map((id, at) => (at === 0 ? id : labelOf(logs, base, at - 1))) };
    });
  // What the useful latents raise most, and what the base model expects.
  const own = labelled(ownTokens, (logs, base, at) => plainBest(logs[at]?.map((value, id) => value - (base[at]?.[id] ?? 0))));
  const general = labelled(generalTokens, (_, base, at) => plainBest(base[at]));
  useful.free();
  plan.free();
  return { adapter, own, general };
}

/** What a module of the first layer reads at each token. */
function inputsOf(model: CausalModel, module: string): { x: Float32Array; isGeneral: boolean }[] {
  return [...ownTokens, ...generalTokens].map((id) => {
    let x = new Float32Array(0);
    const hook = {
      forward(input: Parameters<typeof readFloats>[0], base: Parameters<typeof readFloats>[0]) {
        x = new Float32Array(readFloats(input));
        return { output: base, saved: undefined, backward: () => undefined };
      },
    };
    const row = { ids: Int32Array.of(id, id), labels: Int32Array.of(id, id) };
    model.tokenLosses(padRows([row]), { at: (name) => (name === module ? hook : undefined) });
    return { x: x.subarray(0, x.length / 2), isGeneral: generalTokens.includes(id) };
  });
}

/** A direction along which general tokens lie above 0 and others below, by the perceptron's rule with a margin. */
function separating(inputs: readonly { x: Float32Array; isGeneral: boolean }[]): Float64Array {
  const direction = new Float64Array(inputs[0]?.x.length ?? 0);
  for (let round = 0; round < 20_000; round++) {
    let isDone = true;
    for (const { x, isGeneral } of inputs) {
      const along = x.reduce((sum, value, at) => sum + value * (direction[at] as number), 0);
      const sign = isGeneral ? 1 : -1;
      if (sign * along >= 1) continue;
      isDone = false;
      x.forEach((value, at) => {
        direction[at] = (direction[at] as number) + 0.05 * sign * value;
      });
    }
    if (isDone) return direction;
  }
  throw new Error("the tokens cannot be told apart by one direction");
}
