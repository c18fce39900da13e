import { z } from "zod";
import { type ExplainerSettings, explainerSettings, type saveExplainerRequest } from "@/lib/contract/label";
import { readSetting, writeSetting } from "@/server/db/labels/settings";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";

const settingKey = "explainer";
const stored = explainerSettings.omit({ hasKey: true }).extend({ key: z.string() });
/** With the key, which never leaves the server but to the endpoint itself. */
export type StoredExplainer = z.infer<typeof stored>;

const absent: StoredExplainer = { isOn: false, endpoint: "", model: "", key: "" };

/** The language model that writes labels on request; off until a person sets it. */
export async function getExplainer(context: ServiceContext): Promise<ExplainerSettings> {
  return withoutKey(await readExplainer(context));
}

export async function saveExplainer(context: ServiceContext, request: z.output<typeof saveExplainerRequest>): Promise<ExplainerSettings> {
  const before = await readExplainer(context);
  const endpoint = request.endpoint.trim().replace(/\/+$/, "");
  const model = request.model.trim();
  if (endpoint !== "") checkEndpoint(endpoint);
  if (request.isOn && endpoint === "")
    throw new ServiceError("invalid", "Enter an endpoint before enabling the explainer.", { field: "endpoint" });
  if (request.isOn && model === "")
    throw new ServiceError("invalid", "Enter a model name before enabling the explainer.", { field: "model" });
  // A key belongs to the place that it was given for.
  const kept = originOf(endpoint) === originOf(before.endpoint) ? before.key : "";
  const after = { isOn: request.isOn, endpoint, model, key: request.key?.trim() ?? kept };
  await writeSetting(context.store.db, settingKey, after);
  return withoutKey(after);
}

export async function readExplainer({ store }: ServiceContext): Promise<StoredExplainer> {
  const value = await readSetting(store.db, settingKey);
  return value === undefined ? absent : stored.parse(value);
}

function checkEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new ServiceError("invalid", `"${endpoint}" is not an address of the form https://host/v1.`, { field: "endpoint" });
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new ServiceError("invalid", "The address contains a password, a query or a fragment: enter the key in its own field.", {
      field: "endpoint",
    });
  }
}

function originOf(endpoint: string): string | undefined {
  return URL.canParse(endpoint) ? new URL(endpoint).origin : undefined;
}

function withoutKey({ isOn, endpoint, model, key }: StoredExplainer): ExplainerSettings {
  return { isOn, endpoint, model, hasKey: key !== "" };
}
