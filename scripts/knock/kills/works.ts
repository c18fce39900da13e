import type { Work } from "./work";
import { experimentWork } from "./works/experiment";
import { benchmarkWork, collectionWork, detectionWork, effectsWork, studyWork } from "./works/measurements";
import { trainings } from "./works/training";
import { addModelWork, bakeWork, fetchWork, generationWork, importDictionaryWork, importRunWork, uploadWork } from "./works/transfers";

/** Work that has the device to itself. Of its count and that of the work beside it no number divides both, so that each meets all others. */
export const heavyWorks: readonly Work[] = [...trainings, collectionWork, experimentWork];
/** Work that is done beside it. An odd number, so that taking two at a time meets each equally often. */
export const lightWorks: readonly Work[] = [
  effectsWork,
  importDictionaryWork,
  studyWork,
  uploadWork,
  benchmarkWork,
  detectionWork,
  addModelWork,
  importRunWork,
  bakeWork,
  fetchWork,
  generationWork,
];
