import type { AccessRule } from '../middleware/auth.middleware.js';

/** Who may call what. A path of the API that has no line here is refused to everyone. */
export const accessRules: readonly AccessRule[] = [
  { method: 'GET', path: '/api/setup', access: 'public' },
  { method: 'POST', path: '/api/setup', access: 'public', rate: 'sign-in' },
  { method: 'POST', path: '/api/auth/login', access: 'public', rate: 'sign-in' },
  // These two carry the refresh cookie instead of an access token.
  { method: 'POST', path: '/api/auth/refresh', access: 'public', rate: 'session' },
  { method: 'POST', path: '/api/auth/logout', access: 'public', rate: 'session' },
  // A TV that asks has no account yet; its device code is what it shows.
  { method: 'POST', path: '/api/auth/device', access: 'public', rate: 'sign-in' },
  { method: 'POST', path: '/api/auth/device/token', access: 'public', rate: 'session' },
  { method: 'POST', path: '/api/auth/device/approve', access: 'user', rate: 'sign-in' },
  { method: 'GET', path: '/api/auth/sessions', access: 'user' },
  { method: 'DELETE', path: '/api/auth/sessions/:id', access: 'user' },
  { method: 'GET', path: '/api/me', access: 'user' },
  { method: 'PATCH', path: '/api/me', access: 'user' },
  { method: 'GET', path: '/api/users', access: 'admin' },
  { method: 'POST', path: '/api/users', access: 'admin' },
  { method: 'PATCH', path: '/api/users/:id', access: 'admin' },
  { method: 'DELETE', path: '/api/users/:id', access: 'admin' },
  { method: 'GET', path: '/api/admin/audit', access: 'admin' },
  { method: 'GET', path: '/api/admin/audit/export', access: 'admin' },
  { method: 'GET', path: '/api/admin/audit/verify', access: 'admin' },
  { method: 'GET', path: '/api/home', access: 'user' },
  { method: 'GET', path: '/api/search', access: 'user', rate: 'search' },
  { method: 'GET', path: '/api/movies/:id', access: 'user' },
  { method: 'GET', path: '/api/movies/:id/sources', access: 'user', rate: 'search' },
  // Posters of public catalogues; an <img> element sends no token.
  { method: 'GET', path: '/api/images/:provider/:size/:file', access: 'public', rate: 'image' },
  { method: 'POST', path: '/api/playback', access: 'user', rate: 'playback' },
  // Asked each second by every player; nothing else a user does may hold a film up.
  { method: 'GET', path: '/api/playback/:id', access: 'user', rate: 'stream' },
  { method: 'DELETE', path: '/api/playback/:id', access: 'user' },
  { method: 'GET', path: '/api/admin/storage', access: 'admin' },
  { method: 'PATCH', path: '/api/admin/storage/:id', access: 'admin' },
  { method: 'DELETE', path: '/api/admin/storage/:id', access: 'admin' },
  { method: 'GET', path: '/api/admin/jobs', access: 'admin' },
  { method: 'PATCH', path: '/api/admin/jobs/:name', access: 'admin' },
  { method: 'POST', path: '/api/admin/jobs/:name/run', access: 'admin' },
  { method: 'GET', path: '/api/admin/jobs/:name/runs', access: 'admin' },
  // Told every few seconds by every player, like its questions for the state.
  { method: 'PUT', path: '/api/progress/:mediaId', access: 'user', rate: 'stream' },
  { method: 'POST', path: '/api/progress', access: 'user' },
  { method: 'GET', path: '/api/progress/:mediaId', access: 'user' },
  { method: 'GET', path: '/api/continue-watching', access: 'user' },
  { method: 'DELETE', path: '/api/continue-watching/:mediaId', access: 'user' },
  { method: 'GET', path: '/api/history', access: 'user' },
  { method: 'DELETE', path: '/api/history/:id', access: 'user' },
  { method: 'POST', path: '/api/history/marks', access: 'user' },
  { method: 'POST', path: '/api/history/undo', access: 'user' },
  // The grant in the path is the permission.
  { method: 'GET', path: '/api/stream/:grant', access: 'public', rate: 'stream' },
  { method: 'GET', path: '/api/openapi.json', access: 'public' },
  { method: 'GET', path: '/api/docs', access: 'public' },
  { method: 'GET', path: '/api/docs/page.js', access: 'public' },
  { method: 'GET', path: '/api/docs/assets/:file', access: 'public' },
];
