import type { AddBenchmarkRequest } from "@/lib/contract/benchmark";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { benchmarkProblem } from "@/server/files/data/benchmark-problem";
import { ServiceError } from "@/server/services/errors";

/**
 * What can be said about a benchmark before its rows are read.
 *
 * @throws ServiceError `invalid`, naming the field and what to do
 */
export function checkBenchmark(request: AddBenchmarkRequest, { name, columns, domains, mapping }: DataSetSummary): void {
  const isOwnColumn = request.rows.mapping.domain === mapping?.domain;
  const problem = benchmarkProblem(request, {
    name,
    columns: columns.map((column) => column.name),
    domains: isOwnColumn ? domains.map((domain) => domain.name) : undefined,
  });
  if (problem !== undefined) throw new ServiceError("invalid", problem.message, { field: problem.field });
}
