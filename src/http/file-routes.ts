import { z } from 'zod';
import {
  ChatError,
  type FileLock,
  FilePath,
  LockFields,
  LockReply,
  LockRequest,
  limits,
  ReleaseFields,
  RequestFields,
  RequestReply,
  FileLock as Schema,
} from '../protocol/index.ts';
import { type App, actorOf, type HttpDependencies, requireIdentity } from './fastify.ts';
import { PageQuery, pageEnd, pageOf } from './paging.ts';

/** A lock in the older REST words, beside the present ones. */
const LockedFile = Schema.extend({
  file_path: z.string(),
  employee_name: z.string(),
  task_description: z.string(),
});
export type LockedFile = z.infer<typeof LockedFile>;

/** A request for a file, likewise. */
const PendingRequest = LockRequest.extend({
  id: z.number().int(),
  file_path: z.string(),
  requesting_employee: z.string(),
  task_description: z.string(),
  locked_by_employee: z.string(),
});

export const LockedFiles = z.array(LockedFile);
export const PendingRequests = z.array(PendingRequest);

export function toLockedFile(lock: FileLock): LockedFile {
  const { path, holder, reason } = lock;
  return { ...lock, file_path: path, employee_name: holder, task_description: reason };
}

export function toPendingRequest(request: LockRequest): z.infer<typeof PendingRequest> {
  const { lock_request_id, path, requester, holder, reason } = request;
  const older = { id: lock_request_id, file_path: path, requesting_employee: requester };
  return { ...request, ...older, task_description: reason, locked_by_employee: holder };
}

/** Who holds which files, and asking for them. */
export function fileRoutes(app: App, { locks }: HttpDependencies): void {
  app.get(
    '/files',
    {
      config: { needs: 'read' },
      schema: {
        description: 'Who holds which files, the newest first.',
        querystring: PageQuery,
        response: { 200: Files },
      },
    },
    async (request) => {
      const { locks: held } = await locks.list();
      const { page, next_cursor } = pageOf(held, request.query, ({ lock_id }) => lock_id);
      return { files: page.map(toLockedFile), next_cursor };
    },
  );

  app.post(
    '/files/lock',
    {
      config: { needs: 'lock' },
      schema: {
        description: 'Holds files for yourself or for an agent: all of these or none.',
        body: LockFields,
        response: { 200: LockReply },
      },
    },
    (request) => locks.lock(request.body, requireIdentity(request)),
  );

  app.post(
    '/files/release',
    {
      config: { needs: 'lock' },
      schema: {
        description: 'Lets go of files; without `files` of all. The name may stand in the address, too.',
        querystring: ReleaseFields.pick({ name: true }),
        body: ReleaseFields.nullish(),
        response: { 200: z.object({ released: z.array(z.string()) }) },
      },
    },
    async (request) => {
      const { query, body } = request;
      const [inAddress, inBody] = [query.name, body?.name];
      if (inAddress !== undefined && inBody !== undefined && inAddress !== inBody) {
        throw new ChatError('bad_frame', '"name": the address and the body name two members. Name one.');
      }
      const asked = { ...body, name: inBody ?? inAddress };
      const released = await locks.release(asked, requireIdentity(request), actorOf(request));
      return { released: released.map(({ path }) => path) };
    },
  );

  app.post(
    '/files/force-release',
    {
      config: { needs: 'force_release' },
      schema: {
        description: "Ends anybody's locks on files.",
        body: z.object({ files: z.array(FilePath).min(1).max(limits.filesPerLockMax) }),
        response: { 200: z.object({ released: LockedFiles }) },
      },
    },
    async (request) => {
      const released = await locks.forceRelease(request.body.files, actorOf(request));
      if (released.length === 0) throw new ChatError('not_found', 'Nobody holds any of these files.');
      return { released: released.map(toLockedFile) };
    },
  );

  app.get(
    '/files/requests',
    {
      config: { needs: 'read' },
      schema: {
        description: 'Who waits for which file, the oldest first.',
        querystring: PageQuery,
        response: { 200: z.object({ requests: PendingRequests, ...pageEnd }) },
      },
    },
    async (request) => {
      const { requests } = await locks.list();
      const { page, next_cursor } = pageOf(requests, request.query, (asked) => asked.lock_request_id);
      return { requests: page.map(toPendingRequest), next_cursor };
    },
  );

  app.post(
    '/files/requests',
    {
      config: { needs: 'lock' },
      schema: {
        description: 'Asks for a file that another holds.',
        body: RequestFields,
        response: { 200: RequestReply },
      },
    },
    (request) => locks.request(request.body, requireIdentity(request)),
  );

  for (const [word, verdict] of verdicts) {
    app.post(
      `/files/requests/:lock_request_id/${word}`,
      {
        config: { needs: 'lock' },
        schema: {
          description: `Answers a request for a file: ${verdict}.`,
          params: z.object({ lock_request_id: z.coerce.number().int() }),
          response: { 200: z.object({ request: PendingRequest }) },
        },
      },
      async (request) => {
        const resolved = await locks.resolve(
          request.params.lock_request_id,
          verdict,
          requireIdentity(request),
        );
        return { request: toPendingRequest(resolved) };
      },
    );
  }
}

const Files = z.object({ files: LockedFiles, ...pageEnd });
const verdicts = [
  ['approve', 'approved'],
  ['deny', 'denied'],
] as const;
