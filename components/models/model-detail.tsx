import { useQuery } from "@tanstack/react-query";
import { MethodMark } from "@/components/shell/method-mark";
import { newRunHref } from "@/components/shell/new-run-address";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { HeadCell } from "@/components/ui/table-head";
import { runsQuery } from "@/lib/client/runs";
import { type ModelSummary, timesIn } from "@/lib/contract/model";
import { formatCount, formatFixed, formatInteger, formatPlural, notMeasured } from "@/lib/numbers/format";
import styles from "./models.module.css";

const mostRuns = 12;

/** What can be adapted in a model, and the runs that did. */
export function ModelDetail({ model }: { readonly model: ModelSummary }) {
  return (
    <div className="columns two even gap-16 stacks-1080">
      <Modules model={model} />
      <RunsOver model={model} />
    </div>
  );
}

function Modules({ model }: { readonly model: ModelSummary }) {
  return (
    <Panel
      title={`Modules of ${model.name}`}
      isPadded={false}
      aside={<span className="small dim">{formatPlural(model.numLayers, "layer")}</span>}
      foot="What adapters can be trained on. A latent or a rank adds inputs + outputs parameters to each layer."
    >
      <table className={`table still ${styles["detail"]}`}>
        <thead>
          <tr>
            <HeadCell>Module</HeadCell>
            <HeadCell isNumeric>Inputs</HeadCell>
            <HeadCell isNumeric>Outputs</HeadCell>
            <HeadCell isNumeric className="only-wide">
              Layers
            </HeadCell>
            <HeadCell isNumeric>Weights</HeadCell>
          </tr>
        </thead>
        <tbody>
          {model.projections.map((projection) => {
            const times = timesIn(projection, model, null);
            return (
              <tr key={projection.name}>
                <td className="mono">{projection.name}</td>
                <td className="num">{formatInteger(projection.dIn)}</td>
                <td className="num">{formatInteger(projection.dOut)}</td>
                <td className="num only-wide">{formatInteger(times)}</td>
                <td className="num">{formatCount(times * projection.dIn * projection.dOut)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}

function RunsOver({ model }: { readonly model: ModelSummary }) {
  const all = useQuery(runsQuery()).data;
  const runs = all?.filter(({ modelId }) => modelId === model.id) ?? [];
  return (
    <Panel
      title="Runs over it"
      isPadded={false}
      aside={<span className="small dim">{all === undefined ? "" : formatInteger(runs.length)}</span>}
    >
      {all !== undefined && runs.length === 0 ? (
        <EmptyState title="No runs yet" action={<ButtonLink href={newRunHref({ model: model.id })}>New run</ButtonLink>}>
          Adapters trained over this model are listed here.
        </EmptyState>
      ) : (
        <table className={`table still ${styles["detail"]}`}>
          <thead>
            <tr>
              <HeadCell>Run</HeadCell>
              <HeadCell>Method</HeadCell>
              <HeadCell isNumeric className="only-wide">
                Parameters
              </HeadCell>
              <HeadCell isNumeric>Evaluation loss</HeadCell>
            </tr>
          </thead>
          <tbody>
            {runs.slice(0, mostRuns).map(({ id, name, method, cost, latestEvaluation }) => (
              <tr key={id}>
                <td>
                  <Link className={styles["run"]} href={`/runs/${id}`}>
                    {name}
                  </Link>
                </td>
                <td>
                  <MethodMark method={method} />
                </td>
                <td className="num only-wide">{cost === null ? notMeasured : formatCount(cost.trainableParameters)}</td>
                <td className="num">{latestEvaluation === null ? notMeasured : formatFixed(latestEvaluation.loss, 3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {runs.length > mostRuns ? (
        <p className={`note ${styles["more"]}`}>
          <Link className="link" href={`/?model=${encodeURIComponent(model.name)}`}>
            All {formatInteger(runs.length)}
          </Link>
        </p>
      ) : null}
    </Panel>
  );
}
