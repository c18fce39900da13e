#!/usr/bin/env node
// `npm run knock -- NAME`: a campaign that tries to break a running application, and says what broke. `npm run knock` lists them.
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runTypescript } from "./run-typescript.mjs";

const folder = fileURLToPath(new URL("knock", import.meta.url));
const names = readdirSync(folder).filter((name) => existsSync(`${folder}/${name}/main.ts`));
const name = process.argv[2] ?? "";

if (names.includes(name)) await runTypescript(`scripts/knock/${name}/main.ts`);
else {
  process.stderr.write(
    `${name ? `There is no knock "${name}".\n` : ""}Usage: npm run knock -- ${names.join("|")} [--count N] [--seed S] [--minutes M] [--only CASE]\n`,
  );
  process.exitCode = 2;
}
