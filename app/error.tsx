"use client";
import { Button, ButtonLink } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";

export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <main className="page">
      <ErrorNote
        title="Something went wrong"
        actions={
          <>
            <Button onClick={reset}>Try again</Button>
            <ButtonLink look="quiet" href="/">
              All runs
            </ButtonLink>
          </>
        }
      >
        {error.message} Jobs on the server are unaffected.
      </ErrorNote>
    </main>
  );
}
