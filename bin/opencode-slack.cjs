#!/usr/bin/env node
// Old CommonJS on purpose: an old Node can parse it, and gets a sentence instead of a syntax error.
'use strict';

const oldest = 24;
const found = process.versions.node;

if (Number(found.split('.')[0]) < oldest) {
  console.error(`opencode-slack needs Node ${oldest} or newer; this is Node ${found} (${process.execPath}).`);
  const own = require('node:path').join(__dirname, '..', 'node_modules', '.bin');
  if (require('node:fs').existsSync(require('node:path').join(own, 'node'))) {
    console.error('Install a newer Node from https://nodejs.org, or use the one in this clone:');
    console.error(`  PATH="${own}:$PATH" opencode-slack`);
  } else {
    console.error('Install a newer Node from https://nodejs.org, or let npm fetch one:');
    console.error(`  npx --package node@${oldest} --package opencode-slack opencode-slack`);
  }
  process.exit(1);
}

void import('../dist/main.js');
