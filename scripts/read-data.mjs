// Entry of a thread that reads data sets for the web server, which runs no TypeScript itself.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("server/files/data/read-thread.ts");
