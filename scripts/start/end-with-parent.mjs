// Imported by every process that `npm start` starts: one whose starter dies ends at once, however far its own start has come. Later it may
// end in order, by a listener of its own. The channel to the starter holds a process that does not exit by itself.
process.on("disconnect", () => {
  if (process.listenerCount("disconnect") === 1) process.exit(1);
});
// The starter may have died before this line; in a process without one that listens, `connected` is undefined.
if (process.connected === false) process.exit(1);
