"use client";
import { Button, ButtonLink } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";

export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <main className="page">
      <ErrorNote
        title="This page could not be drawn"
        actions={
          <>
            <Button onClick={reset}>Draw it again</Button>
            <ButtonLink look="quiet" href="/">
              All runs
            </ButtonLink>
          </>
        }
      >
        {error.message} What runs on the server goes on.
      </ErrorNote>
    </main>
  );
}
