import { afterAll, beforeAll, expect, it } from "vitest";
import { Application } from "@/scripts/knock/application";
import { type OpenGround, openGround } from "@/scripts/knock/ground";
import { describe as describeKill, putAway, strike } from "@/scripts/knock/kills/campaign";
import { detectionWork, effectsWork, studyWork } from "@/scripts/knock/kills/works/measurements";
import { trainings } from "@/scripts/knock/kills/works/training";
import { uploadWork } from "@/scripts/knock/kills/works/transfers";
import { load } from "@/scripts/knock/load/campaign";
import { refusal } from "@/scripts/knock/outages/cases/refused-starts";

// The campaigns of `npm run knock`, a minute of them: one application, knocked at in turn.
const port = 4630;
const quickTraining = trainings.filter(({ name }) => name === "train lora");

let ground: OpenGround;
beforeAll(async () => {
  ground = await openGround(port);
});
afterAll(() => ground.close());

it("work that is under way when a part is killed ends as it does undisturbed, once", async () => {
  const works = { heavy: quickTraining, light: [studyWork, uploadWork, effectsWork, detectionWork] };
  const kills = await strike(ground, {
    seed: 11,
    numbers: [0, 1, 2, 3],
    ...works,
    endsAt: Number.POSITIVE_INFINITY,
    say: (line) => console.error(line),
  });
  expect(kills.filter(({ faults }) => faults.length > 0).map(describeKill)).toEqual([]);
  expect(new Set(kills.map(({ strike: one }) => one.target)).size).toBeGreaterThan(2);
  expect(kills.filter(({ met }) => met.length > 0).length).toBeGreaterThan(1);
});

it("every address answers many clients beside a training, generations, listeners and slow readers", async () => {
  const report = await load(ground, { seconds: 5, seed: 3, clients: 12, streams: 2, slowReaders: 2, listeners: 20, idleRounds: 1 });
  expect(report.failures).toEqual([]);
  expect(report.trainedSteps).toBeGreaterThan(0);
  expect(report.counts.get("generation stream")).toBeGreaterThan(0);
});

it("a second start on the folder is refused by name, and the first still answers", async () => {
  const { application } = ground;
  expect(await refusal(new Application({ port: port + 1, home: application.home }), [application.home, application.url])).toEqual([]);
  expect((await fetch(`${application.url}/api/status`)).status).toBe(200);
});

it("nothing is left of what was made and removed: no file, table, lease or process", async () => {
  expect(await putAway(ground)).toEqual([]);
});
