// The people of the tests: administrators, where nothing else is said.

export type Person = { email: string; password: string; role?: 'VIEWER' };

export const ada: Person = { email: 'ada@example.com', password: 'a few words in a row' };
export const bob: Person = { email: 'bob@example.com', password: 'other words in some row' };
/** She may look at everything, and change nothing. */
export const vera: Person = { email: 'vera@example.com', password: 'words that only look on', role: 'VIEWER' };
