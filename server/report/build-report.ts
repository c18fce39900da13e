import { formatPlural } from "@/lib/numbers/format";
import type { ReportDocument, Section } from "./document";
import type { ReportMaterial } from "./material";
import { answerSection } from "./sections/answer";
import { choicesSection } from "./sections/choices";
import { commandsSection } from "./sections/commands";
import { comparedSection } from "./sections/compared";
import { costsSection } from "./sections/costs";
import { curvesSection } from "./sections/curves";
import { domainsSection } from "./sections/domains";
import { environmentSection } from "./sections/environment";
import { itemsSection } from "./sections/items";
import { latentsSection } from "./sections/latents";
import { limitsSection } from "./sections/limits";
import { resultsSection } from "./sections/results";
import { scorecardSection } from "./sections/scorecard";
import { sidesSection } from "./sections/sides";
import { sweepSection } from "./sections/sweep";
import { timeWords } from "./words/sentences";

/** What a report says, in the order in which a reader asks: the answer, of what, how sure, at what cost, and how to have it again. */
export function buildReport(material: ReportMaterial): ReportDocument {
  const { title, madeAt, version, comparison, experiment } = material;
  const runs = new Set(comparison.sides.flatMap((side) => side.runs.map(({ id }) => id))).size;
  const of =
    experiment === null
      ? `Comparison of ${formatPlural(runs, "run")}`
      : `Experiment on ${experiment.experiment.modelName} and ${experiment.experiment.dataName}`;
  const sections: readonly (Section | undefined)[] = [
    answerSection(material),
    comparedSection(material),
    scorecardSection(material),
    curvesSection(material),
    costsSection(material),
    sidesSection(material),
    domainsSection(material),
    sweepSection(material),
    resultsSection(material),
    itemsSection(material),
    latentsSection(material),
    limitsSection(material),
    choicesSection(material),
    environmentSection(material),
    commandsSection(material),
  ];
  return {
    title,
    about: `${of}. Made ${timeWords(madeAt)} by Stanscope ${version}.`,
    sections: sections.flatMap((section) => section ?? []),
  };
}
