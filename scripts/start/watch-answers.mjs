/** How often a child is polled, and how long it may stay silent, in milliseconds; our choice. */
export const askEveryMs = 3000;
export const longestSilenceMs = 20_000;

/** Answers a parent that asks by `watchAnswers`. */
export function answerParent() {
  process.on("message", (message) => {
    if (message?.kind === "ping") process.send?.({ kind: "pong" });
  });
}

/**
 * Asks a child process again and again for an answer, and kills it when none comes: its event loop hangs, and it serves nobody. Only time is counted in
 * which this process ran itself: on a machine that slept no child was silent.
 *
 * @param {import("node:child_process").ChildProcess} child answers by `answerParent`
 */
export function watchAnswers(child) {
  let silentMs = 0;
  let askedAt = performance.now();
  let isKilled = false;
  child.on("message", (message) => {
    if (message?.kind === "pong") silentMs = 0;
  });
  const asking = setInterval(() => {
    const now = performance.now();
    silentMs += Math.min(now - askedAt, 2 * askEveryMs);
    askedAt = now;
    isKilled ||= silentMs > longestSilenceMs;
    if (isKilled) child.kill("SIGKILL");
    // One that has just ended cannot be asked; its exit is seen elsewhere.
    else if (child.connected) child.send({ kind: "ping" }, () => {});
  }, askEveryMs);
  child.once("exit", () => clearInterval(asking));
  return {
    /** Whether it was killed for its silence. */
    get isKilled() {
      return isKilled;
    },
  };
}
