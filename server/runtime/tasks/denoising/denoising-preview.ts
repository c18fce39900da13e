import type { WorkerPreviewRequest } from "@/lib/contract/worker";
import type { ClassPlan, PlannedLabels } from "@/server/files/data/label-plan";
import { FileError } from "@/server/files/file-error";
import { readAboutDiffusion } from "@/server/runtime/models/describe-diffusion";
import { classNumberOf, type Denoising } from "@/server/runtime/models/diffusion-input";
import { previewOfImages } from "@/server/runtime/tasks/answers/image-preview";
import { judgeLabelsBy } from "@/server/runtime/tasks/answers/judged-labels";

/** Images with the classes that a diffusion model is told of them. */
export const denoisingPreview = previewOfImages(async (asked: WorkerPreviewRequest) => {
  const about = readAboutDiffusion(asked.modelPath);
  return judgeLabelsBy(asked, (labels) => classesOf(labels, about, asked.dataPath));
});

/** Rows of each of the model's classes that the data has. @throws FileError for a label that is none */
function classesOf({ train, validation }: PlannedLabels, about: Denoising, path: string): ClassPlan {
  const numbers = [train, validation].map((labels) => labels.map((label) => numberOf(label, about, path)));
  const [trained = [], heldOut = []] = numbers;
  const present = [...new Set([...trained, ...heldOut])].sort((a, b) => a - b);
  const countIn = (all: readonly number[]) => present.map((one) => all.filter((other) => other === one).length);
  return {
    labels: present.map((one) => about.classes?.[one]?.[0] ?? String(one)),
    trainRows: countIn(trained),
    validationRows: countIn(heldOut),
  };
}

function numberOf(label: string, about: Denoising, path: string): number {
  try {
    return classNumberOf(label, about);
  } catch (error) {
    throw new FileError("invalid", path, `the label ${error instanceof Error ? error.message : String(error)}`);
  }
}
