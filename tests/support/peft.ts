import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A Python with torch, transformers and peft, given by `STANSCOPE_PEERS_PYTHON`; without one the tests that need it are not run. */
export const peftPython: string | undefined = process.env["STANSCOPE_PEERS_PYTHON"] || undefined;

/** One process of `peft.py`, which does a job after another: loading PyTorch takes longer than all of them. */
export class Peft {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #errors = "";

  constructor(python: string) {
    const child = spawn(python, ["-W", "ignore", "tests/support/peft.py"], { stdio: ["pipe", "pipe", "pipe"] });
    child.stderr.on("data", (text: Buffer) => {
      this.#errors += text.toString();
    });
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error with what Python said */
  async do(job: { verb: "logits" | "denoise" | "train"; [key: string]: string | readonly string[] }): Promise<void> {
    this.#child.stdin?.write(`${JSON.stringify(job)}\n`);
    const { value, done } = await this.#answers.next();
    if (done || value !== "done") throw new Error(`${job.verb} in Python: ${done ? this.#errors : value}`);
  }

  close(): void {
    this.#child.stdin?.end();
  }
}
