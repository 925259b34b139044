// Who may import whom. An allow-list by floors: what a folder may not name here, it may not import.
// The table with its reasons: docs/architecture.md. A planted breach is caught by scripts/import-rules.test.mjs.

const src = '^backend/src/';

/** Folder -> the folders of ours it may import, besides itself. */
const floors = {
  errors: [],
  logging: [],
  'utils/cache': ['errors', 'logging'],
  encryption: ['errors'],
  network: [],
  'http-client': ['network', 'errors', 'logging'],
  entities: [],
  database: ['entities', 'errors', 'logging'],
  repositories: ['entities', 'database', 'errors'],
  'chunk-stores': ['encryption', 'errors'],
  services: [
    'repositories',
    'entities',
    'database',
    'chunk-stores',
    'encryption',
    'http-client',
    'network',
    'utils/cache',
    'errors',
    'logging',
  ],
  trackers: ['services', 'http-client', 'utils/cache', 'errors', 'logging'],
  middleware: ['services', 'utils/cache', 'errors', 'logging'],
  routes: ['middleware', 'services', 'entities', 'errors', 'logging'],
};

const floorRules = Object.entries(floors).map(([folder, allowed]) => ({
  name: `floor-${folder.replace('/', '-')}`,
  comment: `${folder}/ may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `${src}${folder}/`, pathNot: '\\.test\\.ts$' },
  to: { path: src, pathNot: [folder, ...allowed].map((name) => `${src}${name}/`) },
}));

/** Library -> the only places that may import it. */
const doors = {
  webtorrent: [`${src}services/torrent/swarm-client\\.ts$`],
  typeorm: [`${src}(entities|repositories|database)/`],
  'better-sqlite3': [`${src}database/`, `${src}utils/cache/`],
  hono: [`${src}(routes|middleware)/`, `${src}app\\.ts$`],
  '@hono/': [`${src}(routes|middleware)/`, `${src}(app|http-server)\\.ts$`, `${src}client\\.ts$`],
  undici: [
    `${src}http-client/`,
    `${src}services/torrent/network-guard\.ts$`,
    `${src}chunk-stores/s3-bucket\.ts$`,
  ],
  s3mini: [`${src}chunk-stores/s3-bucket\.ts$`],
  'cache-manager': [`${src}utils/cache/`],
  '@keyv/redis': [`${src}utils/cache/`],
  koffi: [`${src}network/system-calls\\.ts$`],
  bcrypt: [`${src}services/auth/`],
  jose: [`${src}services/auth/`],
  '@simplewebauthn/': [`${src}services/auth/second-factor/`],
  otpauth: [`${src}services/auth/second-factor/`],
  '@inquirer/': [`${src}cli/`],
  'prom-client': [`${src}logging/`],
  commander: [`${src}main\\.ts$`],
};

const doorRules = Object.entries(doors).map(([library, places]) => ({
  name: `door-${library.replace(/\W/g, '')}`,
  comment: `${library} has one door: ${places.join(', ')}`,
  severity: 'error',
  from: {
    path: src,
    pathNot: [...places, '\\.test\\.ts$', `${src}test-support/`, '\\.contract\\.ts$', '/__fixtures__/'],
  },
  to: { path: `node_modules/${library}` },
}));

module.exports = {
  forbidden: [
    ...floorRules,
    ...doorRules,
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'providers-apart',
      comment: 'A provider knows the ports it serves, never another provider.',
      severity: 'error',
      from: { path: `${src}trackers/([^/]+)/`, pathNot: '\\.test\\.ts$' },
      to: { path: `${src}trackers/([^/]+)/`, pathNot: `${src}trackers/$1/` },
    },
    {
      name: 'providers-serve-ports',
      comment:
        'TMDB and the trackers reach services through ports, the errors they declare, and pure parsers only.',
      severity: 'error',
      from: { path: `${src}(services/tmdb|trackers)/`, pathNot: '\\.(test|contract)\\.ts$' },
      to: { path: `${src}services/.*\\.(service|repository)\\.ts$` },
    },
    {
      name: 'nobody-imports-the-roof',
      comment: 'app, composition, main and configuration stand on top: a service is handed its slice.',
      severity: 'error',
      from: { path: `${src}[^/]+/`, pathNot: `${src}(cli|composition|configuration)/` },
      to: { path: `${src}([^/]+\\.ts$|composition/|configuration/)` },
    },
    {
      name: 'composition-under-app',
      comment: 'composition/ holds the parts that app joins: it is handed what app made, and never asks app.',
      severity: 'error',
      from: { path: `${src}composition/`, pathNot: '\\.test\\.ts$' },
      to: { path: `${src}(app|main|http-server)\\.ts$` },
    },
    {
      name: 'commands-under-main',
      comment: 'cli/ holds what the commands do: it stands beside app, and only main knows it.',
      severity: 'error',
      from: { path: src, pathNot: [`${src}cli/`, `${src}main\\.ts$`, '\\.test\\.ts$'] },
      to: { path: `${src}cli/` },
    },
    {
      name: 'tests-stay-outside',
      severity: 'error',
      from: { path: src, pathNot: ['\\.test\\.ts$', '\\.contract\\.ts$', `${src}test-support/`] },
      to: { path: ['\\.test\\.ts$', '\\.contract\\.ts$', `${src}test-support/`] },
    },
    {
      name: 'web-features-apart',
      comment: 'Features meet in app/, nowhere else.',
      severity: 'error',
      from: { path: '^frontend/src/features/([^/]+)/' },
      to: { path: '^frontend/src/features/([^/]+)/', pathNot: '^frontend/src/features/$1/' },
    },
    {
      name: 'web-floors',
      severity: 'error',
      from: { path: '^frontend/src/(api|ui|styles)/' },
      to: { path: '^frontend/src/(app|features)/' },
    },
    {
      name: 'web-door-to-the-server',
      comment: 'The web application knows the server by its types alone.',
      severity: 'error',
      from: { path: '^frontend/src/' },
      to: { path: '^backend/', pathNot: '^backend/dist/client\\.d\\.ts$' },
    },
    {
      name: 'product-stands-alone',
      comment: 'The product never depends on the demo world or the suites.',
      severity: 'error',
      from: { path: '^(backend|frontend)/src/' },
      to: { path: '^(demo|e2e|bench)/' },
    },
    {
      name: 'demo-from-outside',
      comment: 'The demo world and the suites use the built product from outside, as users do.',
      severity: 'error',
      from: { path: '^(demo|e2e)/src/' },
      // A stand-in for somebody else's service, which both kinds of tests need, is no part of the product.
      to: {
        path: '^(backend|frontend)/',
        pathNot: '^backend/src/test-support/(s3|swift|postgres)-server\\.ts$',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
