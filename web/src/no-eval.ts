import { config } from 'zod';

// The page's policy forbids compiling code from text. Schemas would try it once and be reported for it.
config({ jitless: true });
