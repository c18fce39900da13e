import type { z } from "zod";
import { FileError } from "@/server/files/file-error";
import { readJsonFile } from "@/server/files/json-file";

/** @throws FileError naming the file and the key that is not as the schema says */
export function parseJsonFile<Output>(path: string, schema: z.ZodType<Output>): Output {
  const parsed = schema.safeParse(readJsonFile(path));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? "the file" : `"${issue.path.join(".")}"`;
  throw new FileError("invalid", path, `${place} is not as expected: ${issue?.message ?? parsed.error.message}`);
}
