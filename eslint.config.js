import { defineConfig } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** An address from the URL or the server must not become a navigation before it is parsed (ui/addresses.ts). */
const unparsedAddresses = [
  {
    selector:
      'CallExpression[callee.property.name=/^(replace|push|assign|replaceState|pushState)$/]' +
      ':matches([callee.object.name=/^(history|location)$/], [callee.object.property.name=/^(history|location)$/])',
    message: 'Use redirectAfterSignIn or openAfterSignIn, which parse the address, or navigate({ to }).',
  },
  {
    selector: "CallExpression[callee.object.name=/^(window|globalThis)$/][callee.property.name='open']",
    message: 'Use OutsideLink, which parses the address.',
  },
  {
    selector:
      "CallExpression[callee.name=/^(redirect|navigate)$/] > ObjectExpression > Property[key.name='href']",
    message: 'Use redirectAfterSignIn or openAfterSignIn, which parse the address.',
  },
  {
    selector:
      ":matches(AssignmentExpression[left.property.name='href'], " +
      'AssignmentExpression[left.object.name=/^(window|document)$/][left.property.name="location"])',
    message: 'Use OutsideLink or saveFile.',
  },
  {
    // Fragments of the same page are allowed: `#name`.
    selector:
      "JSXAttribute[name.name='href'] > JSXExpressionContainer > :not(TemplateLiteral[quasis.0.value.raw=/^#/])",
    message: 'Use Link for our pages and OutsideLink for other sites: it parses the address.',
  },
];

export default defineConfig(
  { ignores: ['**/dist/**', '**/dist-types/**', '**/node_modules/**', '**/.cache/**', 'data/**'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always'],
      'max-params': ['error', 5],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Entities are empty-bodied classes with decorators; a class with only fields is their nature.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': 'allow-with-description', minimumDescriptionLength: 10 },
      ],
    },
  },
  {
    // The environment has one door, so that every setting goes through the schema and is documented.
    files: ['backend/src/**/*.ts'],
    ignores: ['backend/src/main.ts', '**/*.test.ts', 'backend/src/test-support/properties.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only main.ts reads the environment; take a configuration slice.',
        },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/*.test.tsx'],
    rules: {
      'no-restricted-imports': [
        'error',
        { name: 'fast-check', message: 'Take fc from test-support/properties.js: it has a fixed seed.' },
      ],
    },
  },
  {
    files: ['frontend/src/**/*.tsx', 'frontend/src/**/*.ts'],
    extends: [reactHooks.configs.flat.recommended],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'Text from providers and swarms is rendered as text only.',
        },
        ...unparsedAddresses,
      ],
    },
  },
  {
    // The modules that parse an address, or get a parsed one.
    files: [
      'frontend/src/app/next-page.ts',
      'frontend/src/ui/outside-link.tsx',
      'frontend/src/ui/save-file.ts',
      'frontend/src/**/*.test.ts',
      'frontend/src/**/*.test.tsx',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: [
      'demo/src/**/*.ts',
      'bench/**/*.ts',
      'scripts/**',
      'backend/src/main.ts',
      'backend/src/cli/**/*.ts',
    ],
    rules: { 'no-console': 'off' },
  },
);
