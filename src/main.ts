#!/usr/bin/env node
import { Command } from 'commander';
import { createProgram } from './cli/program.ts';
import { version } from './version.ts';

/** The server and all it needs are loaded only for it, so that the terminal starts fast. */
async function serverCommand(): Promise<Command> {
  if (!process.argv.includes('server')) {
    return new Command('server').description('run the chat server, with a worker that runs the agents');
  }
  return (await import('./cli/server.ts')).serverCommand();
}

await createProgram(version, await serverCommand()).parseAsync();
