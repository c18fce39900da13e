import { Button } from "@/components/ui/button";
import styles from "./steering.module.css";

type SuggestedTextProps = { readonly text: string; readonly words: string; readonly onTake: () => void };

/** Offers a text on which the first edited latent fires, so that an edit has a visible effect at once. */
export function SuggestedText({ text, words, onTake }: SuggestedTextProps) {
  return (
    <div>
      <Button size="dense" className={styles["suggested"]} title={text} onClick={onTake}>
        {words}
      </Button>
    </div>
  );
}
