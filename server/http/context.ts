import { openContext, type ServiceContext } from "@/server/services/context";
import { LiveEvents } from "@/server/services/work/live-events";

/** What a process that answers HTTP holds: one database pool and one listener, however many bundles its routes are cut into. */
export type HttpContext = { services: ServiceContext; live: LiveEvents };

const holder: typeof globalThis & { stanscope?: HttpContext } = globalThis;

export function httpContext(): HttpContext {
  if (holder.stanscope === undefined) {
    const services = openContext(process.env);
    holder.stanscope = { services, live: new LiveEvents(services.store) };
  }
  return holder.stanscope;
}
