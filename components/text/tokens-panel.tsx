"use client";
import type { ReactNode } from "react";
import { RampKey } from "@/components/plots/ramp-key";
import { Panel } from "@/components/ui/panel";
import { Select, type SelectOption } from "@/components/ui/select";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";
import type { ShadedText } from "./shown-tokens";

type TokensPanelProps<Shading extends string> = {
  /** What is counted: "Tokens". */
  readonly title: string;
  readonly count: number;
  readonly shading: Shading;
  readonly shadings: readonly SelectOption<Shading>[];
  readonly onShading: (next: Shading) => void;
  /** The scale of the shading. */
  readonly scale: Omit<ShadedText, "values">;
  readonly foot: ReactNode;
  readonly children: ReactNode;
};

/** Frames an input position by position: how many it has, what shades them and on which scale. */
export function TokensPanel<Shading extends string>(props: TokensPanelProps<Shading>) {
  const { title, count, shading, shadings, onShading, scale, foot, children } = props;
  return (
    <Panel
      title={
        <>
          {title} <span className="dim regular">{formatInteger(count)}</span>
        </>
      }
      aside={
        <>
          <Select label="Shaded by" value={shading} options={shadings} onValueChange={onShading} />
          <RampKey ramp={scale.ramp} max={formatSignificant(scale.max)} unit={scale.unit} isSigned={scale.isSigned} />
        </>
      }
      foot={foot}
    >
      {children}
    </Panel>
  );
}
