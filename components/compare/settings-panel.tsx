import { MethodMark } from "@/components/shell/method-mark";
import { Panel } from "@/components/ui/panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { compareSettings, settingName, settingValue } from "@/lib/comparison/setting-words";
import { hasEnded, type SideCost, sharedDeviceWords, sideCosts, unfinishedWords } from "@/lib/comparison/side-costs";
import type { ComparedSide, Comparison } from "@/lib/contract/comparison";
import { formatPlural } from "@/lib/numbers/format";
import styles from "./compare.module.css";
import { costLine } from "./cost-line";

type SettingsPanelProps = Pick<Comparison, "settings" | "sameSettings"> & {
  readonly sides: readonly ComparedSide[];
  /** Places of the sides that are shown. */
  readonly shown: readonly number[];
};

/** The settings and costs in which two sides differ. */
export function SettingsPanel({ sides, settings, sameSettings, shown }: SettingsPanelProps) {
  const columns = shown.flatMap((place) => sides[place] ?? []);
  const rows = settings
    .map(({ path, values }) => ({ path, values: shown.map((place) => values[place] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== values[0]))
    .sort((a, b) => compareSettings(a.path, b.path));
  const lines = Object.values<SideCost>(sideCosts).flatMap((cost) => {
    const line = costLine(cost, columns);
    return line === null ? [] : [{ name: cost.name, line }];
  });
  const same = sameSettings + settings.length - rows.length;
  return (
    <Panel
      title="Differences"
      className="c4"
      fold={`${formatPlural(rows.length, "setting")}, ${formatPlural(lines.length, "cost")}`}
      aside={<span className="small dim">{formatPlural(same, "setting")} the same</span>}
    >
      <ScrollBox label="Differences">
        <table className={styles["diff"]}>
          <thead>
            <tr>
              <th scope="col">
                <span className="vh">Setting</span>
              </th>
              {columns.map((side, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a side may be compared with itself
                <th scope="col" key={place}>
                  <MethodMark method={side.method}>{side.name}</MethodMark>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ path, values }) => (
              <Line key={path} name={settingName(path)} values={values.map((value) => settingValue(path, value))} isSame={false} />
            ))}
            {lines.map(({ name, line }) => (
              <Line key={name} name={name} {...line} />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {!columns.every(hasEnded) && <p className="note">So far: {unfinishedWords(columns)}</p>}
      {lines.some(({ line }) => line.values.some((value) => value.endsWith("*"))) && <p className="note">* {sharedDeviceWords}</p>}
    </Panel>
  );
}

function Line({ name, values, isSame }: { readonly name: string; readonly values: readonly string[]; readonly isSame: boolean }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {values.map((value, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: values are in the order of the sides
        <td key={place} className={isSame ? styles["same"] : undefined}>
          {value}
        </td>
      ))}
    </tr>
  );
}
