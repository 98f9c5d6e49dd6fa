// The vendor's JavaScript SDK at work on an instance: node sdk_javascript.mjs http://127.0.0.1:PORT look|create|update|delete
//
// Needs @clerk/backend in the folder node_modules that CLERK_NODE_MODULES names, and the secret key as CLERK_SECRET_KEY.
// Does what steps.json says, as far as the SDK covers it, and prints one line of JSON for each call. Knows nothing of
// `reconcile`, and repairs nothing that the SDK does.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const require = createRequire(join(resolve(process.env.CLERK_NODE_MODULES), 'of-the-folder.cjs'));
const { createClerkClient } = require('@clerk/backend');

const ALL = { limit: 500 };
const KEYS = {
  jwt_template: 'name',
  allowlist: 'identifier',
  blocklist: 'identifier',
  redirect_url: 'url',
  organization_role: 'key',
};

// kind, name of the call, and the call
const READS = [
  ['jwt_template', 'jwtTemplates.list', async (clerk) => (await clerk.jwtTemplates.list(ALL)).data],
  [
    'allowlist',
    'allowlistIdentifiers.getAllowlistIdentifierList',
    async (clerk) => (await clerk.allowlistIdentifiers.getAllowlistIdentifierList(ALL)).data,
  ],
  [
    'blocklist',
    'blocklistIdentifiers.getBlocklistIdentifierList',
    async (clerk) => (await clerk.blocklistIdentifiers.getBlocklistIdentifierList()).data,
  ],
  [
    'redirect_url',
    'redirectUrls.getRedirectUrlList',
    async (clerk) => (await clerk.redirectUrls.getRedirectUrlList()).data,
  ],
  [
    'organization_role',
    'organizationRoles.getOrganizationRoleList',
    async (clerk) => (await clerk.organizationRoles.getOrganizationRoleList(ALL)).data,
  ],
  ['instance', 'instance.get', (clerk) => clerk.instance.get()],
  ['organization_settings', 'instance.getOrganizationSettings', (clerk) => clerk.instance.getOrganizationSettings()],
];

// The SDK has calls for these, and none for templates, communication, protect, OAuth applications and the beta group.
const WRITES = {
  'create jwt_template': ['jwtTemplates.create', (clerk, _, fields) => clerk.jwtTemplates.create(fields)],
  'create allowlist': [
    'allowlistIdentifiers.createAllowlistIdentifier',
    (clerk, _, fields) => clerk.allowlistIdentifiers.createAllowlistIdentifier(fields),
  ],
  'create blocklist': [
    'blocklistIdentifiers.createBlocklistIdentifier',
    (clerk, _, fields) => clerk.blocklistIdentifiers.createBlocklistIdentifier(fields),
  ],
  'create redirect_url': ['redirectUrls.createRedirectUrl', (clerk, _, fields) => clerk.redirectUrls.createRedirectUrl(fields)],
  'update jwt_template': ['jwtTemplates.update', (clerk, id, fields) => clerk.jwtTemplates.update({ templateId: id, ...fields })],
  'update instance': ['instance.update', (clerk, _, fields) => clerk.instance.update(fields)],
  'update restrictions': ['instance.updateRestrictions', (clerk, _, fields) => clerk.instance.updateRestrictions(fields)],
  'update organization_settings': [
    'instance.updateOrganizationSettings',
    (clerk, _, fields) => clerk.instance.updateOrganizationSettings(fields),
  ],
  'delete jwt_template': ['jwtTemplates.delete', (clerk, id) => clerk.jwtTemplates.delete(id)],
  'delete allowlist': [
    'allowlistIdentifiers.deleteAllowlistIdentifier',
    (clerk, id) => clerk.allowlistIdentifiers.deleteAllowlistIdentifier(id),
  ],
  'delete blocklist': [
    'blocklistIdentifiers.deleteBlocklistIdentifier',
    (clerk, id) => clerk.blocklistIdentifiers.deleteBlocklistIdentifier(id),
  ],
  'delete redirect_url': ['redirectUrls.deleteRedirectUrl', (clerk, id) => clerk.redirectUrls.deleteRedirectUrl(id)],
};

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
// Names of our fields alone: what stands inside of claims belongs to whoever wrote it.
const renamed = (object, rename) => Object.fromEntries(Object.entries(object).map(([name, value]) => [rename(name), value]));
const said = (error) => `${error.name}: ${error.message} ${JSON.stringify(error.errors ?? '')}`.slice(0, 200);
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function look(clerk) {
  for (const [kind, call, read] of READS) {
    const line = { verb: 'look', kind, call };
    try {
      const answer = await read(clerk);
      const objects = (Array.isArray(answer) ? answer : [answer]).map((one) => renamed(one, snake));
      print({ ...line, items: Object.fromEntries(objects.map((one) => [KEYS[kind] ? one[KEYS[kind]] : '', one])) });
    } catch (error) {
      print({ ...line, error: said(error) });
    }
  }
}

async function change(clerk, verb, { kind, key, fields = {} }) {
  const line = { verb, kind, key };
  const write = WRITES[`${verb} ${kind}`];
  if (!write) {
    print({ ...line, call: '', uncovered: true });
    return;
  }
  const [call, send] = write;
  try {
    await send(clerk, await idOf(clerk, verb, kind, key), renamed(fields, camel));
    print({ ...line, call, fields });
  } catch (error) {
    print({ ...line, call, fields, error: said(error) });
  }
}

async function idOf(clerk, verb, kind, key) {
  if (verb === 'create' || !KEYS[kind]) return key;
  const [, , read] = READS.find(([one]) => one === kind);
  return (await read(clerk)).find((one) => one[KEYS[kind]] === key).id;
}

const [url, phase] = process.argv.slice(2);
const steps = JSON.parse(readFileSync(join(import.meta.dirname, 'steps.json'), 'utf8'));
const clerk = createClerkClient({
  secretKey: process.env.CLERK_SECRET_KEY,
  apiUrl: url,
  telemetry: { disabled: true },
});
if (phase === 'look') await look(clerk);
else for (const step of steps[phase]) await change(clerk, phase, step);
