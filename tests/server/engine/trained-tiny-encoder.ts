import { join } from "node:path";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { Classifier } from "@/server/engine/tasks/answers/effects/classifier";
import { regression } from "@/server/engine/tasks/regression/regression";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { free, tidy } from "@/server/engine/tensor/scope";
import { sizeOf, type Tensor } from "@/server/engine/tensor/tensor";
import { loadTop } from "@/server/runtime/models/loaded-model";
import { freeTop } from "@/server/runtime/models/loaded-top";
import { openTinyEncoder, type TinyEncoder } from "./tiny-encoder";

/** An encoder of fixtures/tiny with its STAN adapter and head after ten steps. */
export type TrainedTinyEncoder = {
  readonly tiny: TinyEncoder;
  readonly adapter: Adapter;
  readonly classifier: Classifier;
  free(): void;
};

export function openTrainedTinyEncoder(fixtures: string, architecture: string): TrainedTinyEncoder {
  const tiny = openTinyEncoder(fixtures, architecture);
  const folder = join(fixtures, "tiny", architecture);
  const top = loadTop({ kind: "encoder", path: folder, model: tiny.encoder, parameters: 0, tokenizer: null }, join(folder, "stan-m64-k4"));
  const { adapter, classifier } = top;
  if (adapter === undefined || classifier === undefined) throw new Error("the fixture has no adapter with a head");
  return {
    tiny,
    adapter,
    classifier: { task: classifier.task, model: classifier.model, head: () => classifier.head.read() },
    free() {
      freeTop(top);
      tiny.encoder.free();
      tiny.values.close();
    },
  };
}

/** Under its head with the score of the first class alone: a regression. */
export function regressionOf({ tiny, classifier }: TrainedTinyEncoder): { regression: Classifier; free(): void } {
  const model = createClassificationModel(tiny.encoder, 1);
  const head = tidy(() => {
    const all = classifier.head();
    return new Map(
      [...model.headShapes].map(([name, shape]) => [name, fromValues(readFloats(all.get(name) as Tensor).slice(0, sizeOf(shape)), shape)]),
    );
  });
  return { regression: { task: regression, model, head: () => head }, free: () => free(head) };
}
