import { type KeptHub, keptHub } from "@/lib/contract/hub";
import type { Database } from "@/server/db/client";
import { readSetting, writeSetting } from "@/server/db/labels/settings";

const settingKey = "hub";

/** What is kept of the model hub, the token included, which never leaves the server but to the hub itself. Nothing is searched until a person switches it on. */
export async function readKeptHub(db: Database): Promise<KeptHub> {
  const value = await readSetting(db, settingKey);
  return value === undefined ? { isOn: false, token: "", origin: "" } : keptHub.parse(value);
}

export async function writeKeptHub(db: Database, kept: KeptHub): Promise<void> {
  await writeSetting(db, settingKey, kept);
}
