import { GET as listBenchmarks } from "@/app/api/benchmarks/route";
import { GET as listHistograms } from "@/app/api/collections/[collection]/histograms/route";
import { GET as getLatent } from "@/app/api/collections/[collection]/latents/[module]/[index]/route";
import { GET as listLatents } from "@/app/api/collections/[collection]/latents/route";
import { GET as getCollection } from "@/app/api/collections/[collection]/route";
import { GET as compareBudgets } from "@/app/api/compare/budgets/route";
import { GET as compareLatents } from "@/app/api/compare/latents/route";
import { GET as compareRuns } from "@/app/api/compare/route";
import { GET as compareScores } from "@/app/api/compare/scorecard/route";
import { GET as listDataRows } from "@/app/api/data/[dataSet]/rows/route";
import { POST as previewRows } from "@/app/api/data/preview/route";
import { GET as listDataSets } from "@/app/api/data/route";
import { GET as getDetection } from "@/app/api/detections/[detection]/route";
import { GET as listDictionaries } from "@/app/api/dictionaries/route";
import { GET as getExperiment } from "@/app/api/experiments/[experiment]/route";
import { POST as estimateExperiment } from "@/app/api/experiments/estimate/route";
import { GET as listExperiments } from "@/app/api/experiments/route";
import { GET as getExplainer } from "@/app/api/explainer/route";
import { GET as getHubCache } from "@/app/api/hub/cache/route";
import { GET as getContext } from "@/app/api/models/[model]/context/route";
import { GET as listModels } from "@/app/api/models/route";
import { GET as listRunBenchmarks } from "@/app/api/runs/[run]/benchmarks/route";
import { GET as listCollections } from "@/app/api/runs/[run]/collections/route";
import { GET as listDetections } from "@/app/api/runs/[run]/detections/route";
import { GET as getRunRecord } from "@/app/api/runs/[run]/record/route";
import { GET as getRun } from "@/app/api/runs/[run]/route";
import { GET as listStudies } from "@/app/api/runs/[run]/studies/route";
import { POST as estimateRuns } from "@/app/api/runs/estimate/route";
import { GET as listRuns } from "@/app/api/runs/route";
import { GET as getSample } from "@/app/api/sample/route";
import { GET as getStatus } from "@/app/api/status/route";
import { GET as getStudy } from "@/app/api/studies/[study]/route";
import { GET as listJobs } from "@/app/api/tasks/route";
import { GET as listWork } from "@/app/api/work/route";

type Route = (request: Request, context: { params: Promise<never> }) => Promise<Response>;

/** What pages read before they are sent, by the routes' paths. */
const routes: Readonly<Record<string, Route>> = {
  "/api/benchmarks": listBenchmarks,
  "/api/collections/{collection}": getCollection,
  "/api/collections/{collection}/histograms": listHistograms,
  "/api/collections/{collection}/latents": listLatents,
  "/api/collections/{collection}/latents/{module}/{index}": getLatent,
  "/api/compare": compareRuns,
  "/api/compare/budgets": compareBudgets,
  "/api/compare/latents": compareLatents,
  "/api/compare/scorecard": compareScores,
  "/api/data": listDataSets,
  "/api/data/preview": previewRows,
  "/api/data/{dataSet}/rows": listDataRows,
  "/api/detections/{detection}": getDetection,
  "/api/dictionaries": listDictionaries,
  "/api/experiments": listExperiments,
  "/api/experiments/estimate": estimateExperiment,
  "/api/experiments/{experiment}": getExperiment,
  "/api/explainer": getExplainer,
  "/api/hub/cache": getHubCache,
  "/api/models": listModels,
  "/api/models/{model}/context": getContext,
  "/api/runs": listRuns,
  "/api/runs/estimate": estimateRuns,
  "/api/runs/{run}": getRun,
  "/api/runs/{run}/benchmarks": listRunBenchmarks,
  "/api/runs/{run}/collections": listCollections,
  "/api/runs/{run}/detections": listDetections,
  "/api/runs/{run}/record": getRunRecord,
  "/api/runs/{run}/studies": listStudies,
  "/api/sample": getSample,
  "/api/status": getStatus,
  "/api/studies/{study}": getStudy,
  "/api/tasks": listJobs,
  "/api/work": listWork,
};

/**
 * Answers a request as its route does over HTTP, in this process: the same checks, the same service, the same JSON.
 *
 * @throws RangeError for a path that no page reads before it is sent
 */
export async function answerInProcess(path: string, init?: RequestInit): Promise<Response> {
  const { pathname } = new URL(path, origin);
  for (const [pattern, answer] of Object.entries(routes)) {
    const params = paramsIn(pathname, pattern);
    if (params === null) continue;
    // The pattern names the parameters that this route has.
    return answer(new Request(new URL(path, origin), init), { params: Promise.resolve(params as never) });
  }
  throw new RangeError(`no page reads ${pathname} before it is sent`);
}

/** Requests name one; nothing is sent there. */
const origin = "http://in.process";

/** The parts of a path that a pattern names; null where it does not fit. */
function paramsIn(pathname: string, pattern: string): Record<string, string> | null {
  const [parts, names] = [pathname.split("/"), pattern.split("/")];
  if (parts.length !== names.length) return null;
  const params: Record<string, string> = {};
  for (const [at, name] of names.entries()) {
    const part = parts[at] ?? "";
    if (name.startsWith("{")) params[name.slice(1, -1)] = decodeURIComponent(part);
    else if (name !== part) return null;
  }
  return params;
}
