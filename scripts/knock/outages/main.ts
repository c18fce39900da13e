import { readOptions } from "@/scripts/knock/options";
import { outages } from "./outages";

const port = 4620;
const { minutes, only } = readOptions({ count: 0, minutes: 1 });
const say = (line: string) => process.stdout.write(`${line}\n`);
let broken = 0;
for (const outage of outages) {
  if (only !== undefined && !outage.name.includes(only)) continue;
  say(`\n${outage.name}`);
  const outcome = await outage
    .run({ port, seconds: minutes * 60, say })
    .catch((error: unknown) => ({ faults: [error instanceof Error ? error.message : String(error)] }));
  if ("skipped" in outcome) {
    say(`  not tried: ${outcome.skipped}`);
    continue;
  }
  for (const text of outcome.faults) say(`  BROKE: ${text}`);
  if (outcome.faults.length === 0) say("  held");
  else broken++;
}
say(`\n${broken} outages broke something`);
process.exitCode = broken === 0 ? 0 : 1;
