import type { Edit } from "@/lib/contract/edit";
import { Adapter } from "@/server/engine/adapters/adapter";
import { type Arm, armHooks } from "@/server/engine/adapters/arms";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { generate } from "@/server/engine/generation/generate";
import type { GenerationArm } from "@/server/engine/generation/generation-request";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { freeSequence } from "@/server/engine/models/sequence";
import { argMaxLast } from "@/server/engine/tensor/arithmetic";
import { readInts } from "@/server/engine/tensor/create";
import { free, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { secondsOf } from "./timing";

const PROMPT = 32;
const NEW_TOKENS = 128;
const targets = { modules: ["q_proj", "v_proj"], layers: null };
const stan: AdapterSettings = { method: "stan", numLatents: 256, k: 16, alpha: 1, selection: "signed", init: "small", targets };
const wideStan: AdapterSettings = { ...stan, numLatents: 4096, k: 32 };
const lora: AdapterSettings = { method: "lora", rank: 16, alpha: 32, targets };

/** Generation as the product does it: hooks of arms, decoding steps, and whole requests. Each function is one measurement. */
export function generationBench(model: CausalModel, tokenizer: Tokenizer, ids: Int32Array) {
  const prompt = ids.slice(0, PROMPT);
  const attach = (settings: AdapterSettings) => Adapter.create(model.projections, settings, 0);
  const base: Arm = {};
  const withStan: Arm = { adapter: attach(stan) };
  const edited: Arm = { ...withStan, edits: [editOf(model)] };

  /** Tokens a second of all rows together; the prompt is not counted. */
  function speed(arms: readonly Arm[]): number {
    const step = stepper(arms);
    const seconds = secondsOf(() => repeat(NEW_TOKENS, step.next));
    step.free();
    return (arms.length * NEW_TOKENS) / seconds;
  }

  /** One greedy step of all arms at a time. */
  function stepper(arms: readonly Arm[]) {
    const hooks = armHooks(arms);
    const prompts = arms.map(() => prompt);
    const { sequences, logits } = model.prefill(prompts, { hooks, maxTokens: PROMPT + NEW_TOKENS });
    let chosen = best(logits);
    return {
      next() {
        chosen = best(model.decode(sequences, chosen, hooks));
      },
      free() {
        for (const sequence of sequences) freeSequence(sequence);
      },
    };
  }

  /** How many times as long a step of some arms takes as one of a single arm; in turn, so that a slow stretch falls on both. */
  function beside(arm: Arm, arms: readonly Arm[]): number {
    const [one, many] = [stepper([arm]), stepper(arms)];
    const ratio = ratioOf(NEW_TOKENS, one.next, many.next);
    one.free();
    many.free();
    return ratio;
  }

  /** The same of the base model and an adapter that is freed afterwards. */
  function besideBase(settings: AdapterSettings): number {
    const adapter = attach(settings);
    const ratio = beside(base, [{ adapter }]);
    adapter.free();
    return ratio;
  }

  /** Tokens as a reader gets them: `next` continues until every arm has produced one. */
  function request(arms: readonly GenerationArm[]) {
    const sampling = { maxTokens: NEW_TOKENS + 1, temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1, seed: 0, stop: [] };
    const watch = arms.flatMap(({ edits = [] }) => edits.flatMap((edit) => ("latent" in edit ? [edit.latent] : [])));
    const events = generate(model, tokenizer, { promptIds: Array.from(prompt), arms, sampling, watch, endsAtEndOfText: false });
    return {
      next() {
        for (let left = arms.length; left > 0; left--) if (events.next().done === true) throw new Error("an arm ended too early");
      },
      free: () => void events.return(),
    };
  }

  const adapterArm: GenerationArm = { name: "adapter", adapter: withStan.adapter };
  const editedArm: GenerationArm = { name: "edited", adapter: withStan.adapter, edits: edited.edits };

  function requestSpeed(): number {
    const running = request([adapterArm]);
    running.next();
    const seconds = secondsOf(() => repeat(NEW_TOKENS - 1, running.next));
    running.free();
    return (NEW_TOKENS - 1) / seconds;
  }

  function requestBeside(arms: readonly GenerationArm[]): number {
    const [one, many] = [request([adapterArm]), request(arms)];
    one.next();
    many.next();
    const ratio = ratioOf(NEW_TOKENS - 1, one.next, many.next);
    one.free();
    many.free();
    return ratio;
  }

  /** Seconds from a prompt's ids to the first token that a reader gets. */
  function firstToken(): number {
    const running = request([adapterArm]);
    const seconds = secondsOf(running.next);
    running.free();
    return seconds;
  }

  /** Tokens a second of reading a prompt of 512. */
  function prefill(): number {
    const hooks = armHooks([withStan]);
    const seconds = secondsOf(() => {
      const { sequences, logits } = model.prefill([ids.slice(0, 512)], { hooks, maxTokens: 512 });
      best(logits);
      for (const sequence of sequences) freeSequence(sequence);
    });
    return 512 / seconds;
  }

  return {
    base: () => speed([base]),
    stan: () => speed([withStan]),
    lora: () => speed([{ adapter: attach(lora) }]),
    rows: (count: number) => speed(new Array<Arm>(count).fill(withStan)),
    stanCost: () => besideBase(stan),
    wideStanCost: () => besideBase(wideStan),
    loraCost: () => besideBase(lora),
    edited: () => beside(withStan, [edited]),
    arms: () => beside(withStan, [base, withStan, edited]),
    request: requestSpeed,
    requestEdited: () => requestBeside([editedArm]),
    requestArms: () => requestBeside([{ name: "base" }, adapterArm, editedArm]),
    firstToken,
    prefill,
  };
}

/** Three times one latent of a module half way up. */
function editOf(model: CausalModel): Edit {
  const modules = planModules(model.projections, stan);
  const { module } = modules[Math.floor(modules.length / 2)] ?? { module: "" };
  return { operation: "clamp", value: 3, latent: { module, index: 5 }, isOn: true, scope: "all" };
}

function best(scores: Tensor): Int32Array {
  const id = readInts(tidy(() => argMaxLast(scores)));
  free(scores);
  return id;
}

/** The median time of the second over that of the first, taken in turn. */
function ratioOf(count: number, first: () => void, second: () => void): number {
  const times = Array.from({ length: count }, () => [secondsOf(first), secondsOf(second)] as const);
  const median = (of: 0 | 1) => times.map((pair) => pair[of]).sort((a, b) => a - b)[Math.floor(count / 2)] ?? 0;
  return median(1) / median(0);
}

function repeat(count: number, work: () => void): void {
  for (let i = 0; i < count; i++) work();
}
