import { jsonDepth } from "@/lib/contract/json-depth";
import { ServiceError } from "@/server/services/errors";

/** Ours; what the contract describes is nested under 10 deep. */
const deepest = 64;

/**
 * Refuses texts that PostgreSQL cannot store, wherever they stand in a request: those with the character of code 0 or half of a surrogate pair.
 *
 * @throws ServiceError `invalid` naming the field
 */
export function demandSound(value: unknown, path: readonly string[] = []): void {
  if (typeof value === "string") demandSoundText(value, path);
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    demandSoundText(key, path);
    demandSound(part, [...path, key]);
  }
}

function demandSoundText(text: string, path: readonly string[]): void {
  const problem = text.includes("\0") ? "the character U+0000" : /\p{Surrogate}/u.test(text) ? "half of a surrogate pair" : undefined;
  if (problem === undefined) return;
  const field = path.join(".");
  const message = `${field === "" ? "The request" : field}: holds ${problem}, which cannot be stored. Leave it out.`;
  throw new ServiceError("invalid", message, field === "" ? {} : { field });
}

/**
 * Parses JSON that is not nested too deep for what reads it next.
 *
 * @param field where it stands; absent, it is the body
 * @throws ServiceError `invalid`
 */
export function parseSoundJson(text: string, field?: string): unknown {
  const what = field ?? "The request's body";
  const place = field === undefined ? {} : { field };
  if (jsonDepth(text, deepest) > deepest) throw new ServiceError("invalid", `${what} is nested more than ${deepest} deep.`, place);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ServiceError("invalid", `${what} is not JSON.`, { ...place, cause });
  }
  demandSound(value);
  return value;
}
