import { isPostgresInstalled } from './scripts/system-packages.mjs';

// One runner for every workspace: each is a project, so that one command and one summary cover all.
const swcOptions = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true, tsx: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: false,
      useDefineForClassFields: false,
      react: { runtime: 'automatic' },
    },
    keepClassNames: true,
  },
  module: { type: 'es6' },
};
const transform = {
  '/services/torrent/scheduler/.+\\.ts$': [`${import.meta.dirname}/scripts/jest-quick-math.mjs`, swcOptions],
  '^.+\\.tsx?$': ['@swc/jest', swcOptions],
};

const project = (name, extra = {}) => ({
  displayName: name,
  rootDir: `<rootDir>/${name}`.replace('<rootDir>', import.meta.dirname),
  testMatch: ['<rootDir>/src/**/*.test.ts', '<rootDir>/src/**/*.test.tsx'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform,
  ...extra,
});

/** What keeps something in a database, once more on PostgreSQL: where that is installed. */
const onPostgres = {
  displayName: 'backend-postgres',
  testMatch: [
    'repositories/*',
    'database/migrations/*',
    'routes/{auth,watch}.routes',
    'services/audit/audit-log.service',
    'services/auth/{auth.service,auth.jobs,overtaken-decisions,setup.service}',
    'services/indexers/configured-indexers',
    'services/media/media.service',
    'services/scheduler/scheduler.service',
    'services/settings/settings.service',
    'services/source/{source.service,source.jobs}',
    'services/trakt/trakt*',
    'services/watch/library-titles',
  ].map((name) => `<rootDir>/src/${name}.test.ts`),
  testPathIgnorePatterns: ['query-plans'],
  globalSetup: '<rootDir>/src/test-support/postgres.global-setup.mjs',
  globalTeardown: '<rootDir>/src/test-support/postgres.global-teardown.mjs',
};

export default {
  projects: [
    project('backend'),
    ...(isPostgresInstalled() ? [project('backend', onPostgres)] : []),
    project('frontend', {
      moduleNameMapper: {
        '^(\\.{1,2}/.*)\\.js$': '$1',
        '\\.module\\.css$': '<rootDir>/src/test/css-module.ts',
        '\\.css$': '<rootDir>/src/test/css-module.ts',
      },
    }),
    project('demo'),
    project('bench'),
    project('e2e'),
    {
      displayName: 'rules',
      rootDir: `${import.meta.dirname}/scripts`,
      testMatch: ['<rootDir>/**/*.test.mjs'],
      testEnvironment: 'node',
      transform: {},
    },
  ],
  // A hung socket must end the run with a message, not hold it for ever.
  testTimeout: 60_000,
};
