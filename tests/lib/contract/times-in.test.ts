import { expect, it } from "vitest";
import { timesIn } from "@/lib/contract/model";

const model = { numLayers: 4 };
const everywhere = { name: "q_proj", dIn: 1, dOut: 1 };
const somewhere = { ...everywhere, name: "down_proj", layers: [1, 3] };

it.each<[readonly number[] | null, number, number]>([
  [null, 4, 2],
  [[0, 1], 2, 1],
  [[2, 9], 1, 0],
  [[], 0, 0],
])("of layers %j a projection is in all or in those that have it", (chosen, all, some) => {
  expect([timesIn(everywhere, model, chosen), timesIn(somewhere, model, chosen)]).toEqual([all, some]);
});
