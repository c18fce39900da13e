import { Lock } from "lucide-react";
import { pagesOf } from "@/components/methods/methods";
import { newRunHref } from "@/components/shell/new-run-address";
import { CopyButton } from "@/components/ui/copy-button";
import { KeyValues } from "@/components/ui/key-values";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { compareProvenance, provenanceName } from "@/lib/contract/provenance-names";
import { isMeasuredAlone, type RunCost, type RunDetail } from "@/lib/contract/run";
import { isWhole } from "@/lib/contract/run-config";
import {
  formatBytes,
  formatCount,
  formatInteger,
  formatMilliseconds,
  formatPercent,
  formatPlural,
  notMeasured,
} from "@/lib/numbers/format";
import { configurationEntries } from "./run-facts";

/** The stored snapshot the run was started with, never the form. */
export function ConfigurationPanel({ detail }: { detail: RunDetail }) {
  const entries = configurationEntries(detail.config);
  return (
    <Panel
      title="Configuration"
      fold={formatPlural(entries.length, "setting")}
      aside={
        <span className="status small dim">
          <Lock size={12} aria-hidden="true" />
          {detail.imported ? "as imported" : detail.bakedEdits === null ? "as started" : "as the parent run was started"}
        </span>
      }
      foot={
        <span className="row between">
          {isWhole(detail.config) ? (
            <Link className="link" href={newRunHref({ from: detail.run.id })}>
              Start a copy
            </Link>
          ) : (
            <span />
          )}
          <CopyButton text={() => JSON.stringify(detail.config, null, 2)}>Copy JSON</CopyButton>
        </span>
      }
    >
      <KeyValues entries={entries} />
    </Panel>
  );
}

/** What the adapter costs to train, to run and to keep. */
export function CostPanel({ detail }: { detail: RunDetail }) {
  const { cost } = detail.run;
  const { adapter } = detail.config;
  if (!cost) return null;
  return (
    <Panel
      title="Cost"
      fold={`${formatCount(cost.trainableParameters)} parameters, time and memory`}
      foot={pagesOf(adapter).merging(adapter)}
    >
      <KeyValues
        entries={[
          ["Parameters", formatInteger(cost.trainableParameters)],
          ["of the base model", formatPercent(cost.trainableParameters / cost.baseParameters)],
          ...(cost.headParameters === undefined ? [] : [["Head parameters", formatInteger(cost.headParameters)] as const]),
          ["Active per token", formatInteger(cost.activeParameters)],
          ["FLOPs per token, forward", formatCount(cost.flopsPerToken)],
          ["Step, median", cost.medianStepMs === null ? notMeasured : formatMilliseconds(cost.medianStepMs)],
          ["Tokens per second", cost.tokensPerSecond === null ? notMeasured : formatInteger(cost.tokensPerSecond)],
          ...(cost.medianStepMs === null || isMeasuredAlone(cost) ? [] : [["Other jobs on the device", besideWords(cost)] as const]),
          [
            cost.besideShare === undefined ? "Peak memory" : "Peak memory, tensors",
            cost.peakMemoryBytes === null ? notMeasured : formatBytes(cost.peakMemoryBytes),
          ],
          ["On disk", formatBytes(cost.adapterBytes)],
        ]}
      />
    </Panel>
  );
}

/** Exactly what the run was made from and by. */
export function ProvenancePanel({ detail }: { detail: RunDetail }) {
  const entries = Object.entries(detail.provenance).sort(([one], [other]) => compareProvenance(one, other));
  if (entries.length === 0) return null;
  return (
    <Panel
      title="Provenance"
      fold="Engine, device, versions and hashes"
      aside={<CopyButton text={() => JSON.stringify(detail.provenance, null, 2)}>Copy JSON</CopyButton>}
    >
      <div className="columns two gap-16 stacks-720">
        {inHalves(entries).map((half) => (
          <KeyValues
            key={half[0]?.[0]}
            entries={half.map(([name, value]) => [
              provenanceName(name),
              <span key={name} className="mono cut-anywhere">
                {value}
              </span>,
            ])}
          />
        ))}
      </div>
    </Panel>
  );
}

function inHalves<Entry>(entries: readonly Entry[]): (readonly Entry[])[] {
  const middle = Math.ceil(entries.length / 2);
  return [entries.slice(0, middle), entries.slice(middle)].filter((half) => half.length > 0);
}

function besideWords({ besideShare }: RunCost): string {
  return besideShare === undefined ? "not recorded" : `${formatPercent(besideShare)} of the run's own device time`;
}
