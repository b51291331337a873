/** What an agent reaches the team's own tools by. */
export type TeamAccess = () => Promise<{ readonly url: string; readonly token: string } | null>;
