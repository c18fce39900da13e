import { csvField } from "@/lib/numbers/csv-field";
import type { CollectedLatents } from "@/server/runtime/collections/collection-session";

/** The lines of `classes.csv`: of each latent and class the images that counted, and in how many it fired. */
export function* classLines({ statistics, classes }: CollectedLatents): Generator<string> {
  yield "module,index,class,images,imagesFired\n";
  for (const [module, { shape, classRows }] of statistics.modules) {
    for (let index = 0; index < shape.numLatents; index++) {
      for (const [place, name] of classes.entries()) {
        const counts = [statistics.classRows[place] ?? 0, classRows[index * shape.numClasses + place] ?? 0];
        yield `${[module, index, name, ...counts].map(csvField).join(",")}\n`;
      }
    }
  }
}
