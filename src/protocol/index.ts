export * from './close-codes.ts';
export * from './codec.ts';
export * from './commands.ts';
export * from './conversation-commands.ts';
export * from './entities.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './limits.ts';
