import { clockJumps } from "./cases/clock-jumps";
import { databaseAway, databaseFrozen } from "./cases/database-away";
import { databaseDiskFull } from "./cases/database-disk-full";
import { dataDiskFull } from "./cases/disk-full";
import { fileForFolder, portTaken, readOnlyFolder, twoServers } from "./cases/refused-starts";
import type { Outage } from "./outage";

export const outages: readonly Outage[] = [
  twoServers,
  portTaken,
  readOnlyFolder,
  fileForFolder,
  databaseAway,
  databaseFrozen,
  dataDiskFull,
  databaseDiskFull,
  clockJumps,
];
