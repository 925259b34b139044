import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** Controls leave this long after the last sign of life. */
const REST_MS = 3_000;

interface Activity {
  active: boolean;
  /** For a tap on a touch screen: shows what is hidden and hides what is shown. */
  toggle: () => void;
}

/** Whether the viewer moved a pointer, touched or pressed a key within the last seconds. */
export function useActivity(stage: RefObject<HTMLElement | null>): Activity {
  const [active, setActive] = useState(true);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const wake = useCallback(() => {
    setActive(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setActive(false), REST_MS);
  }, []);

  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const move = (event: PointerEvent) => {
      if (event.pointerType !== 'touch') wake();
    };
    timer.current = setTimeout(() => setActive(false), REST_MS);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerdown', move);
    document.addEventListener('keydown', wake);
    element.addEventListener('focusin', wake);
    return () => {
      clearTimeout(timer.current);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerdown', move);
      document.removeEventListener('keydown', wake);
      element.removeEventListener('focusin', wake);
    };
  }, [stage, wake]);

  const toggle = useCallback(() => {
    if (active) {
      clearTimeout(timer.current);
      setActive(false);
    } else {
      wake();
    }
  }, [active, wake]);

  return { active, toggle };
}
