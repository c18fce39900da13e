const checkEveryMs = 1000;

/**
 * Calls back when the process that started this one is gone: through the channel that Node keeps between the two, where
 * there is one; else, when the starter gave its id in STANSCOPE_PARENT_PID, by looking whose child this process is.
 */
export function onParentGone(parentPid: string | undefined, callBack: () => void): void {
  if (process.channel) {
    process.on("disconnect", callBack);
    // The channel alone shall not keep the process alive.
    process.channel.unref();
    return;
  }
  if (parentPid === undefined) return;
  const timer = setInterval(() => {
    if (String(process.ppid) === parentPid) return;
    clearInterval(timer);
    callBack();
  }, checkEveryMs);
  timer.unref();
}
