declare module 'abstract-chunk-store/tests/index.js' {
  export default function abstractTests(
    test: (name: string, run: (t: object) => void) => void,
    store: unknown,
  ): void;
}
