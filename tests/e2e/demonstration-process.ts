import "@/scripts/start/end-with-parent.mjs";
import { serveDemonstration } from "./demonstration-server";

// Trains the demonstration for `npm test`: says where the browser tests ask for it and what came of it, and keeps it until it is told to end.
const { door, train, close } = await serveDemonstration();

const end = () => void close().finally(() => process.exit(0));
process.once("SIGTERM", end);
process.once("disconnect", end);

process.send?.({ kind: "door", door });
const answer = await train();
process.send?.("error" in answer ? { kind: "failed", message: answer.error } : { kind: "trained" });
