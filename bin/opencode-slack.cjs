#!/usr/bin/env node
// Old CommonJS on purpose: an old Node can parse it, and gets a sentence instead of a syntax error.
'use strict';

const oldest = 24;
const found = process.versions.node;

if (Number(found.split('.')[0]) < oldest) {
  console.error(`opencode-slack needs Node ${oldest} or newer; this is Node ${found} (${process.execPath}).`);
  console.error('Get a present one from https://nodejs.org, or run it with the one that npm brings:');
  console.error(`  npx --package node@${oldest} --package opencode-slack opencode-slack`);
  process.exit(1);
}

void import('../dist/main.js');
