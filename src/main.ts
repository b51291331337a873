#!/usr/bin/env node
import { Command } from 'commander';
import { createProgram } from './cli/program.ts';
import { version } from './version.ts';

const isAsked = (name: string) => process.argv.includes(name);

/** The server and all it needs are loaded only for it, so that the terminal starts fast. */
async function serverCommand(): Promise<Command> {
  if (!isAsked('server')) {
    return new Command('server').description('run the chat server, with a worker that runs the agents');
  }
  return (await import('./cli/server.ts')).serverCommand();
}

const maintenance = {
  backup: 'copy the database into a file, also while the server runs',
  restore: 'put a backup in the place of the database',
  doctor: 'look whether all that the server needs is well, and say what to do',
  export: 'write the chat as JSON Lines, also while the server runs',
};

/** What looks after the data comes with the database, so it is loaded only when it is asked for. */
async function maintenanceCommands(): Promise<Command[]> {
  if (Object.keys(maintenance).some(isAsked)) {
    return (await import('./cli/maintenance.ts')).maintenanceCommands(maintenance);
  }
  return Object.entries(maintenance).map(([name, description]) => new Command(name).description(description));
}

const credentials = {
  token: 'make, list or revoke tokens, for programs and other systems',
  key: 'make, list and revoke API keys',
};

async function credentialCommands(): Promise<Command[]> {
  if (Object.keys(credentials).some(isAsked)) {
    return (await import('./cli/credentials.ts')).credentialCommands(credentials);
  }
  return Object.entries(credentials).map(([name, description]) => new Command(name).description(description));
}

const login = 'sign the agents in to a model provider, with the opencode that they run on';

async function loginCommand(): Promise<Command> {
  return isAsked('login')
    ? (await import('./cli/login.ts')).loginCommand(login)
    : new Command('login').description(login);
}

const extra = [await loginCommand(), ...(await maintenanceCommands()), ...(await credentialCommands())];
await createProgram(version, await serverCommand(), extra).parseAsync();
