import { freemem, totalmem } from "node:os";

/** The machine's memory, or the container's where that is less. */
export function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** What other programs leave of it: what the system could give now (Linux: MemAvailable), and what this process holds already. */
export function availableMemory(): number {
  return Math.min(machineMemory(), freemem() + process.memoryUsage.rss());
}
