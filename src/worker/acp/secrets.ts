const secretName = /key|token|secret|password|credential/i;
const secretShape = /\b(?:sk|pk|ghp|gho|xox[a-z])[-_][A-Za-z0-9_-]{8,}|\bBearer\s+[A-Za-z0-9._~+/-]{8,}=*/g;
/** Shorter values are too common to be hidden wherever they occur. */
const secretCharsMin = 6;

/**
 * Gives back a function that hides the secrets of an environment, and what looks like one, in a text for
 * people.
 */
export function createRedactor(env: NodeJS.ProcessEnv): (text: string) => string {
  const secrets = Object.entries(env)
    .filter(([name, value]) => secretName.test(name) && value !== undefined && value.length >= secretCharsMin)
    .map(([, value]) => value as string)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    const hidden = secrets.reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), text);
    return hidden.replace(secretShape, '[hidden]');
  };
}
