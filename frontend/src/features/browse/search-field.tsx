import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import styles from './search-field.module.css';

interface SearchFieldProps {
  /** What the address says is looked for; the field follows it (back button, recent searches). */
  text: string;
  onSearch: (text: string) => void;
  /** Enter: the search is meant, not passing. */
  onCommit: (text: string) => void;
  /** The page is there to search: the field takes the focus. */
  wanted: boolean;
  /** The page that was gone to instead of searching; null on the search page. */
  elsewhere: string | null;
}

const PAUSE_MS = 180;

/** Answers while one types: tells what is written after a short pause, at once on Enter. */
export function SearchField({ text, onSearch, onCommit, wanted, elsewhere }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [draft, setDraft] = useState({ written: text, followed: text, sent: text });
  if (draft.followed !== text) {
    // The address changed. When that is the echo of our own telling, what was typed since stays.
    setDraft({ ...draft, written: text === draft.sent ? draft.written : text, followed: text });
  }

  useEffect(() => () => clearTimeout(timer.current), []);

  // Whoever picked a film while the pause still ran has found what they want; the search must not pull them back.
  useEffect(() => {
    if (elsewhere !== null) clearTimeout(timer.current);
  }, [elsewhere]);

  useEffect(() => {
    if (wanted) input.current?.focus();
  }, [wanted]);

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.select();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);

  const write = (written: string) => {
    setDraft({ ...draft, written });
    clearTimeout(timer.current);
    timer.current = setTimeout(() => tell(written.trim(), onSearch), PAUSE_MS);
  };

  const tell = (sent: string, how: (text: string) => void) => {
    clearTimeout(timer.current);
    setDraft((known) => ({ ...known, sent }));
    how(sent);
  };

  return (
    <form
      role="search"
      className={styles['field']}
      onSubmit={(event) => {
        event.preventDefault();
        tell(draft.written.trim(), onCommit);
      }}
    >
      <Search aria-hidden className={styles['icon']} />
      <input
        ref={input}
        type="search"
        className={styles['input']}
        aria-label="Search films and series"
        placeholder="Search films and series"
        enterKeyHint="search"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={draft.written}
        onChange={(event) => write(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && draft.written !== '') write('');
        }}
      />
    </form>
  );
}
