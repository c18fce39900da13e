/** `npm run knock -- inputs [--count N] [--seed S] [--only READER]`: mutated inputs at every reader of files and every route. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

const folder = mkdtempSync(join(tmpdir(), "stanscope-knock-db-"));
const postgres = counts.has("requests") || counts.has("jobs") ? await startPostgres(folder) : undefined;
try {
  if (postgres !== undefined) await migrate(postgres.url);
  const environment: Record<string, string> = postgres === undefined ? {} : { DATABASE_URL: postgres.url };
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const { results, findings } = await runCampaign(counts, { seed, environment, onProgress: say });
  say(`\nseed ${seed}\n\n| reader | inputs | read | refused | faults | slowest (CPU) | most memory |\n|---|---|---|---|---|---|---|`);
  for (const { reader, inputs, read, refused, fault, slowestMs, mostBytes } of results)
    say(`| ${reader} | ${inputs} | ${read} | ${refused} | ${fault} | ${slowestMs} ms | ${mostBytes >> 20} MiB |`);
  if (findings.length > 0) {
    const file = join(tmpdir(), `stanscope-knock-findings-${seed}.json`);
    writeFileSync(file, JSON.stringify(findings, null, 1));
    say(`\n${findings.length} findings, in ${file}`);
    process.exitCode = 1;
  }
} finally {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
}
