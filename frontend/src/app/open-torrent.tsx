import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi } from '../api/client.js';
import { useSessionState } from '../api/use-session.js';
import { OpenTorrentDialog } from '../features/player/open-torrent-dialog.js';
import { Button } from '../ui/button.js';

/** The dialog, wired to the player. */
export function OpenTorrent({ open, onClose }: { open: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  return (
    <OpenTorrentDialog
      open={open}
      onClose={onClose}
      onOpened={(opened) => {
        onClose();
        void navigate({ to: '/play', search: { opened } });
      }}
    />
  );
}

/** Not for children: the server plays them titles of the catalogue only. */
export function OpenTorrentButton() {
  const { session } = useApi();
  const state = useSessionState(session);
  const [open, setOpen] = useState(false);
  if (state.status === 'signed-in' && state.user.role === 'child') return null;
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Open a torrent
      </Button>
      <OpenTorrent open={open} onClose={() => setOpen(false)} />
    </>
  );
}
