// Imported by every process that `npm start` starts: one whose starter dies ends at once, however far its own start has come. Later it may
// end in order, by a listener of its own.
process.on("disconnect", () => {
  if (process.listenerCount("disconnect") === 1) process.exit(1);
});
// The listener alone shall not keep the process alive.
process.channel?.unref();
// The starter may have died before this line; in a process without one that listens, `connected` is undefined.
if (process.connected === false) process.exit(1);
