// One runner for every workspace: each is a project, so that one command and one summary cover all.
const transform = {
  '^.+\\.tsx?$': [
    '@swc/jest',
    {
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
    },
  ],
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

export default {
  projects: [
    project('backend'),
    project('frontend', {
      moduleNameMapper: {
        '^(\\.{1,2}/.*)\\.js$': '$1',
        '\\.module\\.css$': '<rootDir>/src/test/css-module.ts',
        '\\.css$': '<rootDir>/src/test/css-module.ts',
      },
    }),
    project('demo'),
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
