import { useMutation, useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { FileDown } from 'lucide-react';
import { type SyntheticEvent, useState } from 'react';
import { useApi } from '../../api/client.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { FormError } from '../../ui/form-error.js';
import styles from './open-torrent-dialog.module.css';
import { openTorrent, type TorrentInput } from './opened-torrents.js';

interface OpenTorrentDialogProps {
  open: boolean;
  onClose: () => void;
  /** Told the name under which the player finds what was opened. */
  onOpened: (opened: string) => void;
}

/** A magnet link or a .torrent file, straight to the player. What is wrong with it is said here. */
export function OpenTorrentDialog({ open, onClose, onOpened }: OpenTorrentDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Open a torrent">
      <OpenTorrentForm onOpened={onOpened} />
    </Dialog>
  );
}

function OpenTorrentForm({ onOpened }: { onOpened: (opened: string) => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const [magnet, setMagnet] = useState('');
  const [over, setOver] = useState(false);
  const opening = useMutation({
    mutationFn: (input: TorrentInput) => openTorrent(api, queries, input),
    onSuccess: onOpened,
  });

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    opening.mutate({ magnet: magnet.trim() });
  };
  const takeFile = (files: FileList | null) => {
    const file = files?.item(0);
    if (file) opening.mutate({ file });
  };

  return (
    <form className={styles['form']} onSubmit={submit} aria-busy={opening.isPending}>
      <FormError error={opening.error} />
      <TextField
        label="Magnet link"
        placeholder="magnet:?xt=urn:btih:…"
        autoComplete="off"
        spellCheck={false}
        maxLength={65_536}
        autoFocus
        value={magnet}
        onChange={(event) => setMagnet(event.target.value)}
      />
      <label
        className={clsx(styles['drop'], over && styles['over'])}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          takeFile(event.dataTransfer.files);
        }}
      >
        <FileDown aria-hidden className={styles['icon']} />
        <span>Choose a .torrent file or drop it here</span>
        <span className={styles['hint']}>It plays at once; nothing is added to the catalogue.</span>
        <input
          type="file"
          className="visually-hidden"
          accept=".torrent,application/x-bittorrent"
          onChange={(event) => {
            takeFile(event.target.files);
            // The same file can be chosen again after a failure.
            event.target.value = '';
          }}
        />
      </label>
      <div className={styles['actions']}>
        <Button look="primary" type="submit" disabled={opening.isPending || magnet.trim() === ''}>
          {opening.isPending ? 'Opening' : 'Play'}
        </Button>
      </div>
    </form>
  );
}
