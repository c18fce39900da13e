import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "@/scripts/postgres.mjs";
import { migrate } from "@/server/db/migrate";
import { openContext } from "@/server/services/context";
import { packSample } from "@/server/services/sample/pack-sample";
import { startDemonstration } from "@/server/services/work/start-demonstration";
import { latentToShow } from "./choose-latent";
import { collectedRun } from "./collected-run";
import { steerLatent } from "./steer-latent";
import { withWorker } from "./with-worker";

const { values } = parseArgs({ options: { home: { type: "string" }, latent: { type: "string" } } });
const home = values.home ?? mkdtempSync(join(tmpdir(), "stanscope-sample-"));
const postgres = await startPostgres(home);
try {
  await migrate(postgres.url);
  const context = openContext({ DATABASE_URL: postgres.url, STANSCOPE_HOME: home });
  const chosen = latentOf(values.latent);
  const { runId, shown } = await withWorker(context, async () => {
    if (values.home === undefined) await startDemonstration(context, "small");
    const { id, collectionId } = await collectedRun(context);
    const latent = chosen ?? (await latentToShow(context, collectionId));
    return { runId: id, shown: { latent, steering: await steerLatent(context, id, collectionId, latent) } };
  });
  const { version } = await packSample(context, runId, "demo/sample", shown);
  process.stdout.write(`demo/sample is version ${version}\n`);
  await context.store.close();
} finally {
  await postgres.stop();
  if (values.home === undefined) rmSync(home, { recursive: true, force: true });
}

function latentOf(text: string | undefined): { module: string; index: number } | undefined {
  const [, module, index] = /^(.+):(\d+)$/.exec(text ?? "") ?? [];
  return module === undefined ? undefined : { module, index: Number(index) };
}
