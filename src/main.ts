#!/usr/bin/env node
import { Command } from 'commander';
import { createProgram } from './cli/program.ts';
import { version } from './version.ts';

// Node would open a debugger, by which whoever reaches its port has all that this process has.
if (process.platform !== 'win32') process.on('SIGUSR1', () => undefined);

const isAsked = (name: string) => process.argv.includes(name);

/** The server and all it needs are loaded only for it, so that the terminal starts fast. */
async function serverCommand(): Promise<Command> {
  if (!isAsked('server')) {
    return new Command('server').description('run the chat server, with a worker that runs the agents');
  }
  return (await import('./cli/server.ts')).serverCommand();
}

const maintenance = {
  backup: 'copy the database to a file; the server may run',
  restore: 'replace the database with a backup',
  doctor: 'check the installation and suggest fixes',
  export: 'write the chat as JSON Lines; the server may run',
};

/** What looks after the data comes with the database, so it is loaded only when it is asked for. */
async function maintenanceCommands(): Promise<Command[]> {
  if (Object.keys(maintenance).some(isAsked)) {
    return (await import('./cli/maintenance.ts')).maintenanceCommands(maintenance);
  }
  return Object.entries(maintenance).map(([name, description]) => new Command(name).description(description));
}

const credentials = {
  token: 'create, list and revoke tokens for programs',
  key: 'create, list and revoke API keys',
};

async function credentialCommands(): Promise<Command[]> {
  if (Object.keys(credentials).some(isAsked)) {
    return (await import('./cli/credentials.ts')).credentialCommands(credentials);
  }
  return Object.entries(credentials).map(([name, description]) => new Command(name).description(description));
}

const login = 'sign opencode in to a model provider, for the agents';

async function loginCommand(): Promise<Command> {
  return isAsked('login')
    ? (await import('./cli/login.ts')).loginCommand(login)
    : new Command('login').description(login);
}

const extra = [await loginCommand(), ...(await maintenanceCommands()), ...(await credentialCommands())];
await createProgram(version, await serverCommand(), extra).parseAsync();
