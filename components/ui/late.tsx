"use client";
import { Component, type ComponentType, type JSX, lazy, type ReactNode, Suspense } from "react";
import { Button } from "./button";
import { ErrorNote, messageOf } from "./error-note";

/** A part of a page whose code is not among the page's first scripts. */
export type LatePart<Props> = { current: ComponentType<Props>; readonly renew: () => void };

/** @param load imports the part when it is first rendered */
export function latePart<Props>(load: () => Promise<ComponentType<Props>>): LatePart<Props> {
  const begin = () => lazy(async () => ({ default: await load() }));
  // A lazy component that failed to load stays failed, so a retry needs a new one.
  const part: LatePart<Props> = {
    current: begin(),
    renew: () => {
      part.current = begin();
    },
  };
  return part;
}

type LateProps<Props> = {
  readonly part: LatePart<Props>;
  readonly props: Props & JSX.IntrinsicAttributes;
  /** Title of the error if its code cannot be loaded. */
  readonly failure: string;
  /** Holds its place while its code loads. */
  readonly waiting: ReactNode;
};

/** Renders a part once its code has loaded; if loading fails, an error with a retry takes its place. */
export function Late<Props>({ part, props, failure, waiting }: LateProps<Props>) {
  return (
    <Caught failure={failure} onRetry={part.renew}>
      {() => <Suspense fallback={waiting}>{draw(part.current, props)}</Suspense>}
    </Caught>
  );
}

function draw<Props>(Part: ComponentType<Props>, props: Props & JSX.IntrinsicAttributes): ReactNode {
  return <Part {...props} />;
}

type CaughtProps = { readonly failure: string; readonly onRetry: () => void; readonly children: () => ReactNode };

class Caught extends Component<CaughtProps, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { failure, onRetry, children } = this.props;
    const { error } = this.state;
    if (error === null) return children();
    const retry = () => {
      onRetry();
      this.setState({ error: null });
    };
    return (
      <ErrorNote title={failure} actions={<Button onClick={retry}>Try again</Button>}>
        {messageOf(error)}
      </ErrorNote>
    );
  }
}
