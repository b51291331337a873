import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** A command line: its program and its arguments. */
export type CommandLine = [program: string, ...args: string[]];

const cores = availableParallelism();
const hasTaskset = cores > 1 && spawnSync('taskset', ['--version']).status === 0;

/** The load client has the last core for itself, where cores can be chosen. */
export function onClientCore(command: CommandLine): CommandLine {
  return hasTaskset ? ['taskset', '-c', String(cores - 1), ...command] : command;
}

/** Servers have all other cores. */
export function onServerCores(command: CommandLine): CommandLine {
  return hasTaskset ? ['taskset', '-c', cores === 2 ? '0' : `0-${cores - 2}`, ...command] : command;
}
