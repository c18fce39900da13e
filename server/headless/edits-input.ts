import { z } from "zod";
import { type Edit, editFile, editList } from "@/lib/contract/edit";
import { parseJsonFile } from "./json-input";

/** A list of edits, bare or as the file that the steer page saves. @throws FileError naming the file and the key */
export function editsIn(path: string): readonly Edit[] {
  const given = parseJsonFile(path, z.union([editList, editFile]));
  return Array.isArray(given) ? given : given.edits;
}
