import type { z } from "zod";
import type { HubSettings, saveHubRequest } from "@/lib/contract/hub";
import { readKeptHub, writeKeptHub } from "@/server/db/library/kept-hub";
import { hubAddress, hubToken, type KeptToken } from "@/server/files/fetching/hub-access";
import type { ServiceContext } from "@/server/services/context";
import { withFileErrors } from "@/server/services/errors";

type Store = Pick<ServiceContext, "store">;

/** Whether names are searched on the hub while they are typed, and whether there is a token for it. */
export async function getHub({ store }: Store): Promise<HubSettings> {
  const kept = await readKeptHub(store.db);
  return withFileErrors(() => ({ isOn: kept.isOn, address: hubAddress(), token: sourceOf(kept) }));
}

export async function saveHub({ store }: Store, request: z.output<typeof saveHubRequest>): Promise<HubSettings> {
  const before = await readKeptHub(store.db);
  const { origin } = new URL(await withFileErrors(hubAddress));
  // A token belongs to the place that it was given for.
  const token = request.token ?? (before.origin === origin ? before.token : "");
  await writeKeptHub(store.db, { isOn: request.isOn ?? before.isOn, token, origin });
  return getHub({ store });
}

function sourceOf(kept: KeptToken): HubSettings["token"] {
  const token = hubToken(kept);
  return token === "" ? null : token === kept.token ? "entered" : "environment";
}
