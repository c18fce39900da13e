import { expect, it } from "vitest";
import { trialsCsv } from "@/components/experiments/trials-csv";
import type { ExperimentDetail } from "@/lib/contract/experiment";

it("writes a trial a line, with its setting whole and what is chosen marked", () => {
  const adapter = { method: "lora", rank: 3, alpha: 6, targets: { modules: ["v_proj"], layers: null } };
  const trial = {
    stage: "sweep",
    arm: 0,
    adapter,
    seed: 0,
    steps: 12,
    run: null,
    error: null,
    trainableParameters: 39,
    medianStepMs: null,
  };
  const answer = { name: "accuracy", value: 0.75, low: 0.7, high: 0.8, constant: 0.5 };
  const detail = {
    request: { arms: [{ name: "LoRA" }], domainSets: [["films"], ["goods", "notes"]] },
    choices: [{ arm: 0, domainSet: 1, trial: 1 }],
    trials: [
      {
        ...trial,
        trial: 0,
        setting: 0,
        domainSet: 0,
        learningRate: 0.1,
        status: "failed",
        step: 2,
        evaluation: null,
        error: "not a number",
      },
      {
        ...trial,
        trial: 1,
        setting: 0,
        domainSet: 1,
        learningRate: 0.01,
        status: "finished",
        step: 12,
        evaluation: { step: 12, loss: 2.5, baseLoss: 3, difference: -0.5, differenceHalfWidth: 0.25, answer },
      },
    ],
  } as unknown as ExperimentDetail;
  const [head = "", failed, finished] = trialsCsv(detail).trim().split("\r\n");
  expect(head.split(",")).toHaveLength(24);
  expect(failed).toMatch(/^sweep,LoRA,1,1,films,".*""rank"":3.*",0\.1,0,12,failed,2,,,,,,,,,39,,false,,not a number$/);
  expect(finished).toMatch(/^sweep,LoRA,2,1,"goods, notes",/);
  expect(finished).toMatch(/,0\.01,0,12,finished,12,12,2\.5,3,-0\.5,0\.25,accuracy,0\.75,0\.5,39,,true,,$/);
});
