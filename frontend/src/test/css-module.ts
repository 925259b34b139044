/** Stands in for CSS modules in tests: every class is called by its key. */
const classes: Record<string, string> = new Proxy({}, { get: (_target, key) => String(key) });

export default classes;
