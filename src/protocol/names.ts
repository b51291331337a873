/** Names that the storage engine knows too. They stand apart from the schemas, none of which it loads. */

/** Who is behind the API keys of the server's environment. */
export const environmentKeyNames = { developer: 'api_user', admin: 'admin_user' } as const;

/** Names that would be taken for something else. */
export const reservedNames = ['system', 'all', 'here', 'everyone', 'channel', 'team'] as const;

/** Of a model, from the best to the cheapest. */
export const smartnessLevels = ['smart', 'normal'] as const;
