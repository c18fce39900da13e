#!/usr/bin/env node
// `npm run worker`: takes jobs from the database in DATABASE_URL, or in the data folder of a running `npm start`.
import { runTypescript } from "./run-typescript.mjs";
import "./start/end-with-parent.mjs";

await runTypescript("server/worker/main.ts");
