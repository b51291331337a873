import { useEffect } from 'react';
import { useLive } from '../live/use-live.ts';

const text =
  'Files and pictures cannot be sent in the chat. Put the file into the project and write its path.';

/** A file that is dropped or pasted is refused with a word: the browser would leave the page for it. */
export function useFilesRefused(): void {
  const { store } = useLive();
  useEffect(() => {
    const refuse = (event: Event, data: DataTransfer | null) => {
      if (!hasOnlyFiles(data)) return;
      event.preventDefault();
      if (event.type !== 'dragover')
        store.dispatch({ type: 'toast_changed', toast: { kind: 'problem', text } });
    };
    const onDrag = (event: DragEvent) => refuse(event, event.dataTransfer);
    const onPaste = (event: ClipboardEvent) => refuse(event, event.clipboardData);
    window.addEventListener('dragover', onDrag);
    window.addEventListener('drop', onDrag);
    window.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('dragover', onDrag);
      window.removeEventListener('drop', onDrag);
      window.removeEventListener('paste', onPaste);
    };
  }, [store]);
}

/** Office programs put a picture of the text beside the text: then the text is meant. */
function hasOnlyFiles(data: DataTransfer | null): boolean {
  const types = data?.types ?? [];
  return types.includes('Files') && !types.includes('text/plain');
}
