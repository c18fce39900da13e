import { expect, it } from "vitest";
import { aheadWords, spentWords } from "@/components/experiments/cost-words";
import { failureAdvice } from "@/components/experiments/failure-advice";
import type { ExperimentDetail } from "@/lib/contract/experiment";

const detail = {
  experiment: { status: "running" },
  estimate: { seconds: 3600, steps: 4800 },
  spent: { seconds: 600, steps: 800, tokens: 0, savedSteps: 0 },
  ahead: { runs: 7, steps: 4000, seconds: 1200, measuredRuns: 3, overEstimate: 0.5 },
} as unknown as ExperimentDetail;

/** Numbers and their units stand with narrow spaces between. */
const plainly = (text: string) => text.replaceAll(/\s/g, " ");

it("says what an experiment cost against its estimate, and what is to come by its own speed", () => {
  expect(plainly(spentWords(detail))).toMatch(
    /^So far: 10 min of an estimated 1 h.*3 runs that have ended took 0\.50 times as long as estimated\.$/,
  );
  expect(plainly(aheadWords(detail, 1))).toMatch(/^Remaining: 7 runs, .* about 20 min on one worker, at the speed of its finished runs\.$/);
  expect(plainly(aheadWords(detail, 2))).toContain("about 10 min on 2");
  const fresh = { ...detail, ahead: { ...detail.ahead, measuredRuns: 0, overEstimate: null } };
  expect(aheadWords(fresh, 1)).toContain("as estimated");
  expect(spentWords(fresh)).not.toContain("as long as");
  expect(aheadWords({ ...fresh, experiment: { ...detail.experiment, status: "cancelled" } }, 1)).toMatch(/^Remaining if resumed/);
  expect(aheadWords({ ...fresh, experiment: { ...detail.experiment, status: "finished" } }, 1)).toBe("");
  expect(spentWords({ ...fresh, experiment: { ...detail.experiment, status: "finished" } })).toMatch(/^Total: /);
});

it("says of a failure what can be done about it", () => {
  expect(failureAdvice("the loss of step 3 is NaN (rows 1, 2); a lower learning rate may help")).toContain("diverged");
  expect(failureAdvice("OOM when allocating tensor with shape[8,512]")).toContain("fewer rows at a time");
  expect(failureAdvice("no space left on device")).toContain("Free some disk space");
  expect(failureAdvice("the dataset films is no longer there; add it again")).toContain("add them again under the same path");
  expect(failureAdvice("/data/films.jsonl: no such file or folder")).toContain("Restore the missing files");
  expect(failureAdvice("something else")).toContain("See the run’s log");
});
