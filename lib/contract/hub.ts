import { z } from "zod";

/** `owner/name` */
export const hubId = z.string().regex(/^\w[\w.-]*\/\w[\w.-]*$/);

/** Whether a token can be sent: visible ASCII; empty stands for none. */
export function isHubToken(token: string): boolean {
  return /^[\x21-\x7e]*$/.test(token);
}

/** What is kept of the hub: whether names are searched while they are typed, and a token for the address that it was entered for. */
export const keptHub = z.object({ isOn: z.boolean(), token: z.string(), origin: z.string() });
export type KeptHub = z.infer<typeof keptHub>;

/** `GET /api/hub`; the token is never sent back. */
export const hubSettings = z.object({
  isOn: z.boolean(),
  /** `https://host`, from HF_ENDPOINT. */
  address: z.string(),
  /** Where the token comes from: entered here, or HF_TOKEN; null without one. */
  token: z.enum(["entered", "environment"]).nullable(),
});
export type HubSettings = z.infer<typeof hubSettings>;

/** `PUT /api/hub` */
export const saveHubRequest = z.object({
  isOn: z.boolean().optional(),
  /** Absent keeps the entered token, an empty one removes it. */
  token: z.string().trim().max(500).refine(isHubToken, "An access token has letters, digits and signs without spaces").optional(),
});

export type SaveHubInput = z.input<typeof saveHubRequest>;

/** Whether the engine can run a model, as far as its configuration tells: its architecture is supported and nothing is missing. */
export const hubSupport = z.object({
  architecture: z.string().nullable(),
  /** Null if the hub does not say. */
  isSupported: z.boolean().nullable(),
  nearest: z.string().nullable(),
  /** What the engine does not support. */
  missing: z.array(z.string()),
});
export type HubSupport = z.infer<typeof hubSupport>;

const about = z.object({
  id: z.string(),
  downloads: z.int(),
  licence: z.string().nullable(),
  /** Whether its licence has to be accepted on its page before files can be fetched. */
  isGated: z.boolean(),
  support: hubSupport,
});

/** One model that a search found. */
export const foundHubModel = about.extend({
  format: z.enum(["safetensors", "gguf"]).nullable(),
  /** Of the safetensors, from counts of parameters; null where the hub has none. */
  sizeBytes: z.int().nullable(),
});
export type FoundHubModel = z.infer<typeof foundHubModel>;
/** `GET /api/hub/models` */
export const hubSearch = z.object({ models: z.array(foundHubModel) });

/** One of the ways to fetch a model: its safetensors, or one GGUF file. */
export const hubChoice = z.object({
  /** Null for the safetensors. */
  file: z.string().nullable(),
  /** Of all files that would be fetched. */
  sizeBytes: z.int(),
  files: z.int(),
});
export type HubChoice = z.infer<typeof hubChoice>;

/** `GET /api/hub/model`: what is shown of a model before it is fetched. */
export const hubModel = about.extend({
  commit: z.string(),
  /** Its page, where a licence is accepted. */
  page: z.string(),
  /** Whether its files can be read, with the token where there is one. */
  isReadable: z.boolean(),
  /** Why it cannot be used, in a sentence; null where nothing speaks against it. */
  problem: z.string().nullable(),
  choices: z.array(hubChoice),
  /** On the disk of the data folder. */
  freeBytes: z.int(),
});
export type HubModel = z.infer<typeof hubModel>;

/** One model in the cache of the hub's own tools on this machine. */
export const cachedModel = z.object({
  id: z.string(),
  /** `owner/name@commit`, with `#file` for a GGUF file: what the model has once it is added. */
  revision: z.string(),
  /** What a request to add it names. */
  path: z.string(),
  format: z.enum(["safetensors", "gguf"]),
  sizeBytes: z.int(),
  support: hubSupport,
});
export type CachedModel = z.infer<typeof cachedModel>;
/** `GET /api/hub/cache`; the folder is null where requests may not name it. */
export const hubCache = z.object({ folder: z.string().nullable(), models: z.array(cachedModel) });
export type HubCache = z.infer<typeof hubCache>;
