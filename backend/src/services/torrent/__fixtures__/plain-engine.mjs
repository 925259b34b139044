// The process of an engine that does nothing, and starts quickly. Its port says how its traffic may leave.
const ports = { open: 1, bound: 2, closed: 3 };

process.on('message', (message) => {
  if (message.type === 'stop') process.exit(0);
  if (message.type === 'call') process.send({ type: 'answer', id: message.id, output: undefined });
  if (message.type !== 'start') return;
  process.send({ type: 'started', port: ports[message.settings.network.kind] });
  setInterval(
    () => process.send({ type: 'heartbeat', active: null, residentBytes: 0 }),
    message.heartbeatMs,
  );
});
process.on('disconnect', () => process.exit(0));
