import { csvField } from "@/lib/numbers/csv-field";
import type { CollectedLatents } from "@/server/runtime/collections/collection-session";

/** The lines of `domains.csv`: of each latent and domain (a diffusion model's are its time steps) the positions that counted, and at how many it fired. */
export function* domainLines({ statistics, domains }: CollectedLatents): Generator<string> {
  yield "module,index,domain,tokens,fireCount\n";
  for (const [module, { shape, domainCounts }] of statistics.modules) {
    for (let index = 0; index < shape.numLatents; index++) {
      for (const [place, domain] of domains.entries()) {
        const counts = [statistics.domainTokens[place] ?? 0, domainCounts[index * shape.numDomains + place] ?? 0];
        yield `${[module, index, domain, ...counts].map(csvField).join(",")}\n`;
      }
    }
  }
}
