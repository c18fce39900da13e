/** Prints, as Markdown, how often 95 % intervals hold the true difference of simulated comparisons. */
import { simulateRows, simulateShares } from "./rows";
import { simulateSeeds } from "./seeds";

const kinds = { rows: simulateRows, shares: simulateShares, seeds: simulateSeeds };

const [kind = "", simulations = "4000", filter = ""] = process.argv.slice(2);
const simulate = Object.entries(kinds).find(([name]) => name === kind)?.[1];
if (simulate === undefined || !(Number(simulations) >= 1)) {
  process.stderr.write(`Usage: node scripts/simulate-coverage.mjs ${Object.keys(kinds).join("|")} [SIMULATIONS] [FILTER]\n`);
  process.exit(1);
}
const start = process.cpuUsage().user;
simulate(Number(simulations), filter, (line) => process.stdout.write(`${line}\n`));
process.stdout.write(`\n${Math.round((process.cpuUsage().user - start) / 1e6)} s of CPU\n`);
