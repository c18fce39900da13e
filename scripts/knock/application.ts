import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Patience } from "./patience";
import { killNow, type Part, processesOf } from "./processes";

export type ApplicationOptions = {
  /** An empty folder of its own when it is absent. */
  readonly home?: string | undefined;
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
};

/** A real Stanscope, as `npm start` runs it, on this machine's loopback. It can be killed in part or as a whole, and started again. */
export class Application {
  readonly home: string;
  readonly #options: ApplicationOptions;
  #child: ChildProcess | undefined;
  #said = "";
  #isRemoved = false;
  #ended: Promise<number | null> = Promise.resolve(null);
  url = "";

  constructor(options: ApplicationOptions) {
    this.#options = options;
    this.home = options.home ?? mkdtempSync(join(tmpdir(), "stanscope-ground-"));
  }

  /** What start has printed since it was started last. */
  get said(): string {
    return this.#said;
  }

  /** Starts it and waits for its address. @throws Error with its last words when it ends first, or once it was removed */
  async start(): Promise<void> {
    if (this.#isRemoved) throw new Error("the application was removed");
    this.#said = "";
    const child = spawn(process.execPath, ["scripts/start.mjs"], {
      env: { ...process.env, STANSCOPE_HOME: this.home, STANSCOPE_PORT: String(this.#options.port), ...this.#options.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("exit", resolve));
    this.url = await new Promise<string>((resolve, reject) => {
      const listen = (text: string) => {
        this.#said = `${this.#said}${text}`.slice(-20_000);
        const address = /Open\s+(http:\/\/[\w.:[\]]+)/.exec(this.#said)?.[1];
        if (address !== undefined) resolve(address);
      };
      for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", listen);
      child.once("exit", (code) => reject(new Error(`start ended with ${code}: ${this.#said.slice(-2000)}`)));
    });
  }

  pids(part: Part): number[] {
    return processesOf(this.home).flatMap((found) => (found.part === part ? [found.pid] : []));
  }

  /** Kills a part, or all at once, without a warning. @returns how many processes there were to kill */
  kill(part: Part | "all"): number {
    const found = processesOf(this.home).filter((one) => part === "all" || one.part === part);
    killNow(found);
    return found.length;
  }

  /** Asks start to end and waits until it has. @returns its exit status */
  async stop(): Promise<number | null> {
    this.#child?.kill("SIGTERM");
    return this.#ended;
  }

  /** Waits until start is gone, however that comes. */
  async ended(): Promise<void> {
    await this.#ended;
  }

  /** What still lives after so long. */
  async leftovers(patienceMs: number): Promise<string[]> {
    const patience = new Patience(patienceMs);
    for (;;) {
      const found = processesOf(this.home);
      if (found.length === 0 || !(await patience.lasts())) return found.map(({ part, pid }) => `${part} ${pid}`);
    }
  }

  /** Ends whatever is left of it and removes its folder. */
  async remove(): Promise<void> {
    this.#isRemoved = true;
    killNow(processesOf(this.home));
    await this.leftovers(10_000);
    if (this.#options.home === undefined) rmSync(this.home, { recursive: true, force: true });
  }
}
