import { useState } from 'react';
import { useLive } from '../live/use-live.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormFooter } from '../ui/form-footer.tsx';
import { useView } from '../view.ts';

interface FireDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly agentName: string;
  readonly busy: boolean;
}

export function FireDialog({ open, onOpenChange, agentName, busy }: FireDialogProps) {
  const { client } = useLive();
  const { closePanel } = useView();
  const [firing, setFiring] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function fire() {
    setFiring(true);
    setProblem(null);
    try {
      await client.request('fire_agent', { name: agentName });
      onOpenChange(false);
      closePanel();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setFiring(false);
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Fire ${agentName}?`}
      description={
        busy
          ? `${agentName} is at work: that work is stopped. What it said and changed stays.`
          : `${agentName} leaves the team. What it said and changed stays.`
      }
    >
      <FormFooter problem={problem} onCancel={() => onOpenChange(false)} cancelWord="Keep">
        <Button look="danger" disabled={firing} onClick={fire}>
          {firing ? 'Firing…' : `Fire ${agentName}`}
        </Button>
      </FormFooter>
    </Dialog>
  );
}
