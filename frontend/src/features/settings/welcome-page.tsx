import { useQuery } from '@tanstack/react-query';
import { type SyntheticEvent, useEffect, useState } from 'react';
import { useApi } from '../../api/client.js';
import { fieldError } from '../../api/problem.js';
import type { Setting } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { FormError } from '../../ui/form-error.js';
import { Meter } from '../../ui/meter.js';
import { OneColumn } from '../../ui/one-column.js';
import { ErrorState } from '../../ui/states.js';
import { SettingField } from './setting-field.js';
import { mayForce, settings, useChangeSettings } from './settings.queries.js';
import styles from './settings-page.module.css';

/** What the set-up asks: a question each, all of which can be left for later. */
export function WelcomePage({ onDone }: { onDone: () => void }) {
  const api = useApi();
  const { data, error, refetch } = useQuery(settings(api));
  const [step, setStep] = useState(0);
  const questions = data?.settings.filter(isAsked);
  const isOver = questions !== undefined && step >= questions.length;
  // With everything set by variables there is nothing to ask.
  useEffect(() => {
    if (isOver) onDone();
  }, [isOver, onDone]);
  const setting = questions?.[step];
  if (!data && error) {
    return (
      <OneColumn title="Set up">
        <ErrorState title="The questions could not be loaded" error={error} onRetry={() => void refetch()} />
        <Button onClick={onDone}>Go to the films</Button>
      </OneColumn>
    );
  }
  if (!questions || !setting) return null;
  return (
    <Question
      key={setting.name}
      setting={setting}
      place={`${step + 1} of ${questions.length}`}
      done={step / questions.length}
      onNext={() => setStep(step + 1)}
      onBack={step === 0 ? null : () => setStep(step - 1)}
      onLeave={onDone}
    />
  );
}

interface QuestionProps {
  setting: Setting;
  place: string;
  /** 0 to 1. */
  done: number;
  onNext: () => void;
  onBack: (() => void) | null;
  onLeave: () => void;
}

function Question({ setting, place, done, onNext, onBack, onLeave }: QuestionProps) {
  const { name, title, question, secret, isSet } = setting;
  const [text, setText] = useState(setting.value ?? '');
  const change = useChangeSettings(onNext);
  const values = { [name]: text.trim() };
  const wrong = fieldError(change.error, `values.${name}`);
  const keeps = text.trim() === (setting.value ?? '');
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (keeps) onNext();
    else change.mutate({ values });
  };
  return (
    <OneColumn title={title} lead={question ?? undefined}>
      <title>{`${title} · Kinora`}</title>
      <Meter look="slim" value={done} label={`Question ${place}`} />
      <form onSubmit={submit} aria-label={title}>
        <FormError error={wrong === undefined ? change.error : null} />
        <SettingField
          setting={setting}
          label={secret && isSet ? 'New value, or nothing to keep the one that is set' : title}
          error={wrong}
          value={text}
          onChange={(value) => {
            setText(value);
            change.reset();
          }}
          autoFocus
        />
        <Button look="primary" large type="submit" disabled={change.isPending}>
          {change.isPending ? 'Trying it' : keeps ? (isSet ? 'Keep it' : 'Go on without') : 'Try it and save'}
        </Button>
        {mayForce(change.error) && (
          <Button large disabled={change.isPending} onClick={() => change.mutate({ values, force: true })}>
            Save anyway
          </Button>
        )}
      </form>
      <div className={styles['later']}>
        {onBack && (
          <Button look="quiet" onClick={onBack}>
            Back
          </Button>
        )}
        {!keeps && (
          <Button look="quiet" onClick={onNext}>
            Skip
          </Button>
        )}
        <Button look="quiet" onClick={onLeave}>
          Finish later
        </Button>
      </div>
      {!setting.live && (
        <p className={styles['soft']}>The answer holds from the next start of the server on.</p>
      )}
      <p className={styles['soft']}>All of this can be changed later under Settings.</p>
    </OneColumn>
  );
}

/** The port is not: the page that asks has come through it. */
function isAsked({ question, group, unchangeable }: Setting): boolean {
  return question !== null && group !== 'server' && unchangeable === null;
}
