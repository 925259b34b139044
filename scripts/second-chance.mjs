// Which test files may run a second time after a failure.

/**
 * Returns whether a failed test file may run again. A proof of security may not: a packet that left once has left. Such a file
 * says so in its text with the tag `@proof`.
 */
export function mayRunAgain(source) {
  return !/^\s*(?:\/\/|\*|\/\*\*).*@proof\b/m.test(source);
}
