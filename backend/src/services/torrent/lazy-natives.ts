// The libraries load native extras while they are loaded themselves, whether or not anything will use them: uTP, file
// locks and faster WebSockets, which the engine never uses, and WebRTC, which it uses when it is asked to.
import { createRequire } from 'node:module';

/** Never used; the libraries do without what cannot be loaded. */
const unused = /[/\\](fs-native-extensions|bufferutil|utf-8-validate)[/\\]/;
/** Never used either, but missed aloud. */
const silent = /[/\\]utp-native[/\\]/;
const webRtc = /node_datachannel\.node$/;

/** Puts native extras off until they are used. To be called before the libraries are loaded. */
export function putOffNatives(): void {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else sees an addon before it is loaded
  const { extensions } = createRequire(import.meta.url);
  const load: Loader = extensions['.node'];
  extensions['.node'] = (module, file) => {
    if (unused.test(file)) throw new Error(`${file} is not used`);
    if (silent.test(file)) module.exports = {};
    else if (webRtc.test(file)) module.exports = whenUsed(module, load, file);
    else load(module, file);
  };
}

type Loader = (module: NodeJS.Module, file: string) => void;
type Members = Record<string, unknown>;

/** Stands for an addon whose members are functions and classes, and loads it when the first of them is called. */
function whenUsed(module: NodeJS.Module, load: Loader, file: string): Members {
  let loaded: Members | null = null;
  const member = (name: string) => {
    if (!loaded) {
      // The addon puts its members there.
      module.exports = {};
      load(module, file);
      loaded = module.exports as Members;
    }
    return loaded[name];
  };
  return new Proxy<Members>(
    {},
    {
      get: (_target, name) => {
        if (typeof name !== 'string') return undefined;
        if (loaded) return loaded[name];
        return new Proxy(function () {}, {
          construct: (_class, args: unknown[]) => Reflect.construct(functionOf(member(name)), args) as object,
          apply: (_class, self, args: unknown[]) => Reflect.apply(functionOf(member(name)), self, args),
        });
      },
    },
  );
}

function functionOf(value: unknown): (...args: unknown[]) => unknown {
  if (typeof value !== 'function') throw new TypeError('The addon has no such function');
  return value as (...args: unknown[]) => unknown;
}
