import { Button } from "@/components/ui/button";

type SuggestedTextProps = { readonly text: string; readonly words: string; readonly onTake: () => void };

/** Offers, while nothing is written, a text at which the first edited latent fires: there an edit shows at once. */
export function SuggestedText({ text, words, onTake }: SuggestedTextProps) {
  return (
    <div>
      <Button look="quiet" size="dense" title={text} onClick={onTake}>
        {words}
      </Button>
    </div>
  );
}
