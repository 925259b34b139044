// The engine's process, and one that takes all the memory it can get when it is sent a signal: on its heap (SIGUSR2), or beside
// it, in buffers, a little at a time (SIGHUP). The address space is left alone: what counts is what is written to.
const kept: unknown[] = [];

process.on('SIGUSR2', () => {
  for (;;) kept.push(Array.from({ length: 100_000 }, (_, n) => ({ n })));
});
process.on('SIGHUP', () => {
  setInterval(() => kept.push(Buffer.alloc(8 * 1024 * 1024, 1)), 20);
});

await import('../engine-process.js');
