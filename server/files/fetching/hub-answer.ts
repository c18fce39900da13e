import { InvalidApiResponseFormatError } from "@huggingface/hub";
import { isNetworkError } from "./hub-access";

/** What the hub's library reads of an answer. @throws InvalidApiResponseFormatError where the answer has another form than the library takes for granted */
export async function readAnswer<Read>(read: () => Promise<Read>): Promise<Read> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof TypeError) || isNetworkError(error)) throw error;
    throw new InvalidApiResponseFormatError(error.message, { cause: error });
  }
}

/** All entries of a list that comes by pages. @throws as `readAnswer` */
export async function readListed<Entry>(list: () => AsyncIterable<Entry>): Promise<Entry[]> {
  return readAnswer(async () => {
    const entries: Entry[] = [];
    for await (const entry of list()) entries.push(entry);
    return entries;
  });
}
