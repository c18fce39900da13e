import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** What closes all that is open, in the order in which it was opened. */
const open: (() => Promise<void>)[] = [];

/** Does some work and then closes what it needed, also when a signal stops the process meanwhile. */
export async function closing<Result>(close: () => void | Promise<void>, work: () => Promise<Result>): Promise<Result> {
  let closed: Promise<void> | undefined;
  const closeOnce = () => {
    closed ??= (async () => close())();
    return closed;
  };
  if (open.length === 0) for (const signal of signals) process.once(signal, stop);
  open.push(closeOnce);
  try {
    return await work();
  } finally {
    await closeOnce().finally(() => open.splice(open.indexOf(closeOnce), 1));
    if (open.length === 0) for (const signal of signals) process.off(signal, stop);
  }
}

/** Does some work in an empty folder, which is removed afterwards. */
export async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "stanscope-knock-"));
  return closing(
    () => rmSync(folder, { recursive: true, force: true }),
    () => work(folder),
  );
}

/** What fails to close keeps nothing else open. */
async function stop(): Promise<void> {
  for (const close of open.toReversed()) await close().catch((error: unknown) => process.stderr.write(`${error}\n`));
  process.exit(1);
}
