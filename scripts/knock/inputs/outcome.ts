import { FileError } from "@/server/files/file-error";
import { ServiceError } from "@/server/services/errors";

/** What came of one input. A `fault` is a finding. */
export type Outcome = { readonly kind: "read" } | { readonly kind: "refused" | "fault"; readonly message: string };

/** Words of an error that nobody meant to write. */
const accidental =
  /Cannot (?:read|set|convert|mix|destructure)|is not (?:a function|iterable|a constructor|defined)|\[object Object\]|Invalid (?:array|string|typed array) length|Maximum call stack|out of range\. It must|Offset is outside|not a safe integer/;

/** More than a person reads. Our choice. */
const largestMessage = 2000;

/** Errors of the engine, which knows no files; what calls it adds the path. */
const engineWords = /^(?:tokenizer\.json|chat template|GGUF)\b|^the tokenizer did not read/;

export function outcomeOf(error: unknown): Outcome {
  const isExpected =
    error instanceof FileError || error instanceof ServiceError || (error instanceof Error && engineWords.test(error.message));
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (message.length > largestMessage) return { kind: "fault", message: `${message.length} characters: ${message.slice(0, 300)}` };
  if (isExpected && (message.startsWith("Error: chat template: ") || !accidental.test(message))) return { kind: "refused", message };
  return { kind: "fault", message: error instanceof Error ? `${message}\n${error.stack?.split("\n").slice(1, 6).join("\n")}` : message };
}
