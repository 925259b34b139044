/** The language titles and texts are stored in. Others are laid over them when they are shown. */
export const defaultLanguage = 'en-US';

/** English of any country is read from the stored texts, which spares a question per country. */
export function isStoredLanguage(language: string): boolean {
  return /^en(-|$)/i.test(language);
}
