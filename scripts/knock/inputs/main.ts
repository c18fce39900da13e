/** `npm run knock -- inputs [--count N] [--seed S] [--only READER]`: mutated inputs at every reader of files and every route. */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closing, inFolder } from "@/scripts/knock/closing";
import { readOptions } from "@/scripts/knock/options";
import { startPostgres } from "@/scripts/postgres.mjs";
import { migrate } from "@/server/db/migrate";
import { readerNames, runCampaign } from "./campaign";

const { count, seed, only } = readOptions({ count: 10_000, minutes: 60 });
const chosen = readerNames.filter((name) => only === undefined || name === only);
/** Of the requests a third: they have the most doors. */
const shares = chosen.map((name) => (name === "requests" ? chosen.length / 2 : 1));
const total = shares.reduce((sum, share) => sum + share, 0);
const counts = new Map(chosen.map((name, i) => [name, Math.ceil((count * (shares[i] ?? 1)) / total)]));

await inFolder(async (folder) => {
  if (!counts.has("requests") && !counts.has("jobs")) return campaign({});
  const postgres = await startPostgres(folder);
  return closing(postgres.stop, async () => {
    await migrate(postgres.url);
    return campaign({ DATABASE_URL: postgres.url });
  });
});

async function campaign(environment: Readonly<Record<string, string>>): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const { results, findings } = await runCampaign(counts, { seed, environment, onProgress: say });
  say(`\nseed ${seed}\n\n| reader | inputs | read | refused | faults | slowest (CPU) | most memory |\n|---|---|---|---|---|---|---|`);
  for (const { reader, inputs, read, refused, fault, slowestMs, mostBytes } of results)
    say(`| ${reader} | ${inputs} | ${read} | ${refused} | ${fault} | ${slowestMs} ms | ${mostBytes >> 20} MiB |`);
  if (findings.length === 0) return;
  const file = join(tmpdir(), `stanscope-knock-findings-${seed}.json`);
  writeFileSync(file, JSON.stringify(findings, null, 1));
  say(`\n${findings.length} findings, in ${file}`);
  process.exitCode = 1;
}
