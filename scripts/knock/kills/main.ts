import { onGround } from "@/scripts/knock/ground";
import { readOptions } from "@/scripts/knock/options";
import { putAway, strike, tableOf } from "./campaign";

const port = 4600;
const options = readOptions({ count: 100, minutes: 60 });
const numbers =
  options.only === undefined ? Array.from({ length: options.count }, (_, number) => number) : options.only.split(",").map(Number);
const say = (line: string) => process.stdout.write(`${line}\n`);

say(`kills: ${numbers.length} with seed ${options.seed}`);
const endsAt = Date.now() + options.minutes * 60_000;
const { kills, leftovers } = await onGround(port, async (ground) => ({
  kills: await strike(ground, { seed: options.seed, numbers, endsAt, say }),
  leftovers: await putAway(ground),
}));
say(`\n${tableOf(kills)}\n`);
for (const text of leftovers) say(`LEFT: ${text}`);
const broken = kills.filter(({ faults }) => faults.length > 0);
for (const { strike: one, faults } of broken) {
  say(`BROKE: npm run knock -- kills --seed ${options.seed} --only ${one.number}`);
  for (const text of faults) say(`       ${text}`);
}
const missed = kills.filter(({ met }) => met.length === 0).length;
say(
  `\n${kills.length} kills of ${numbers.length}, ${missed} of them after all work had ended, ${broken.length} broke something, ${leftovers.length} left over`,
);
process.exitCode = broken.length + leftovers.length === 0 && kills.length === numbers.length ? 0 : 1;
