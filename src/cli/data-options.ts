import { type Command, Option } from 'commander';
import { dataFlags } from '../lib/data-place.ts';

/** The options by which each command is told where the data of a server on this machine is. */
export function withDataOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        dataFlags.dataDir,
        "the server's data folder (default: that of the project, in ~/.local/state/opencode-slack)",
      ),
    )
    .addOption(new Option(dataFlags.dbPath, "the server's database, if not chat.db in the data folder"));
}

/** The same, and the address of a server that may be elsewhere. */
export function withServerOptions(command: Command): Command {
  return withDataOptions(
    command
      .option('--server <url>', 'the server, by its http or ws address (env OPENCODE_SLACK_SERVER)')
      .option('--url <url>', 'the same as --server'),
  );
}
