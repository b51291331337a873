import { insideFolder } from './view.ts';

/** The variable that names a slot to the shell below. */
const slotVariable = 'AGENT_COMMAND_SLOT';

/**
 * What an agent program takes for its shell. It runs nothing itself: it hands the command to the command
 * sandbox of the slot (see `inside.ts`), copies the output and ends with the command's exit code. Written for
 * any POSIX shell, since a start of Node for each command would be felt.
 */
export const commandShell = `#!/bin/sh
for command in "$@"; do :; done
slot="${insideFolder}/slots/$${slotVariable}"
if [ -z "$${slotVariable}" ] || [ ! -p "$slot/in" ]; then
  echo "This command cannot run: the sandbox for commands is not there." >&2
  exit 126
fi
exec 6<"$slot/code" 7<"$slot/out" 8<"$slot/err" 9>"$slot/in"
printf '%s\\0%s\\0' "$PWD" "$command" >&9
cat <&8 >&2 9>&- &
cat <&7 9>&-
wait
if ! read -r code <&6; then
  echo "The sandbox for commands ended while this command ran. The next command gets a new one." >&2
  exit 137
fi
exit "$code"
`;

/**
 * A plugin of opencode that asks the worker for a slot before each command. Only opencode knows the session
 * that a command belongs to, and so the sandbox that it runs in.
 */
export const slotPlugin = `export const CommandSlots = async () => ({
  'shell.env': async ({ sessionID }, output) => {
    const response = await fetch('http://worker/slots', {
      unix: '${insideFolder}/sockets/worker.sock',
      method: 'POST',
      body: JSON.stringify({ session: sessionID ?? null }),
    });
    if (!response.ok) throw new Error(await response.text());
    output.env.${slotVariable} = (await response.json()).slot;
  },
});
`;
