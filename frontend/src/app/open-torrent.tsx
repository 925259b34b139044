import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
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

export function OpenTorrentButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Open a torrent
      </Button>
      <OpenTorrent open={open} onClose={() => setOpen(false)} />
    </>
  );
}
