import { Logo } from './logo.tsx';

export function Splash({ text }: { readonly text: string }) {
  return (
    <div className="grid h-full place-items-center bg-rail">
      <div role="status" className="flex flex-col items-center gap-3 text-sm text-soft">
        <Logo className="size-11 animate-breathe" />
        {text}
      </div>
    </div>
  );
}
