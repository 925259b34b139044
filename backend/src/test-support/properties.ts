import fc from 'fast-check';

// The same cases in every run, so that a run fails for what was changed and for nothing else; SEED=n explores others.
fc.configureGlobal({ seed: Number(process.env['SEED'] ?? 20_261_122) });

export { fc };
