import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi } from '../../api/client.js';
import type { Setting, Settings } from '../../api/types.js';
import { Button, buttonClass } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { FormError } from '../../ui/form-error.js';
import line from '../../ui/line.module.css';
import { PlainPage, Section } from '../../ui/plain-page.js';
import { Skeleton } from '../../ui/skeleton.js';
import { ErrorState, Notice } from '../../ui/states.js';
import { Findings } from './findings.js';
import { RevisionList } from './revision-list.js';
import { SettingForm } from './setting-form.js';
import { SettingRow } from './setting-row.js';
import { settings, useTestSettings } from './settings.queries.js';
import styles from './settings-page.module.css';

/** Everything that can be set, for administrators: what holds, where it comes from, and who changed it. */
export function SettingsPage() {
  const api = useApi();
  const { data, error, refetch } = useQuery(settings(api));
  const [edited, setEdited] = useState<string | null>(null);
  const setting = data?.settings.find(({ name }) => name === edited);
  const group = data?.groups.find(({ id }) => id === setting?.group);
  return (
    <PlainPage
      title="Settings"
      action={
        <Link to="/welcome" className={buttonClass()}>
          Ask me step by step
        </Link>
      }
    >
      {data?.settings.some(({ restartPending }) => restartPending) && (
        <Notice>Some changes hold from the next start of the server on.</Notice>
      )}
      {data && (
        <nav aria-label="Groups of settings" className={styles['groups']}>
          {data.groups.map(({ id, title }) => (
            <a key={id} href={`#${id}`} className={styles['group']}>
              {title}
            </a>
          ))}
          <a href="#history" className={styles['group']}>
            History
          </a>
        </nav>
      )}
      {data?.groups.map((shown) => (
        <Group
          key={shown.id}
          group={shown}
          settings={data.settings.filter((candidate) => candidate.group === shown.id)}
          onEdit={setEdited}
        />
      ))}
      {data && <RevisionList />}
      {!data && error && (
        <ErrorState title="The settings could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && (
        <ul aria-busy="true">
          {[0, 1, 2, 3, 4].map((row) => (
            <li key={row} className={line['line']}>
              <Skeleton line="16rem" />
            </li>
          ))}
        </ul>
      )}
      <Dialog open={setting !== undefined} onClose={() => setEdited(null)} title={setting?.name ?? ''}>
        {setting && (
          <SettingForm
            key={setting.name}
            setting={setting}
            canBeTested={group?.canBeTested ?? false}
            onDone={() => setEdited(null)}
          />
        )}
      </Dialog>
    </PlainPage>
  );
}

interface GroupProps {
  group: Settings['groups'][number];
  settings: readonly Setting[];
  onEdit: (name: string) => void;
}

function Group({ group, settings: ofGroup, onEdit }: GroupProps) {
  const test = useTestSettings(group.id);
  return (
    <Section id={group.id} title={group.title}>
      <ul>
        {ofGroup.map((setting) => (
          <SettingRow key={setting.name} setting={setting} onEdit={() => onEdit(setting.name)} />
        ))}
      </ul>
      {group.canBeTested && (
        <div className={styles['test']}>
          <Button
            aria-label={`Test ${group.title}`}
            disabled={test.isPending}
            onClick={() => test.mutate({})}
          >
            {test.isPending ? 'Trying it' : 'Test'}
          </Button>
          <FormError error={test.error} />
          <Findings findings={test.data?.findings} />
        </div>
      )}
    </Section>
  );
}
