/** Routes whose requests are counted against one quota. */
export type RateClass = 'sign-in' | 'session' | 'api' | 'search' | 'playback' | 'stream' | 'image';
