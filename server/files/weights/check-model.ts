import { openCheckpoint } from "./checkpoint-folder";
import { openDiffusion } from "./diffusion-folder";
import { isDiffusionFolder } from "./diffusion-layout";

/** Whether a path holds a model whose files are all there. @throws FileError naming the file that is missing or at fault */
export function checkModel(path: string): void {
  const { weights } = isDiffusionFolder(path) ? openDiffusion(path) : openCheckpoint(path);
  weights.close();
}
