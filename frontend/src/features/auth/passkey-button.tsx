import { KeyRound } from 'lucide-react';
import { Button } from '../../ui/button.js';

interface PasskeyButtonProps {
  label: string;
  disabled: boolean;
  onClick: () => void;
}

export function PasskeyButton({ label, disabled, onClick }: PasskeyButtonProps) {
  return (
    <Button large disabled={disabled} onClick={onClick}>
      <KeyRound aria-hidden />
      {label}
    </Button>
  );
}
