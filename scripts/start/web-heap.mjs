/**
 * Flags of the web server's process. Where a heap may take 2 GiB and more, V8 lets it grow to four times of what is alive before it collects, and keeps
 * those pages: 64 readers made 80 MB of live objects into 430 MB. Below that it grows to less than twice. The limit is ours; columns of latents, which
 * the server keeps in memory, lie outside of this heap.
 */
export const webHeapFlags = ["--max-old-space-size=1024"];
