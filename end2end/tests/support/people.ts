// The administrators of the tests.

export type Person = { email: string; password: string };

export const ada: Person = { email: 'ada@example.com', password: 'a few words in a row' };
export const bob: Person = { email: 'bob@example.com', password: 'other words in some row' };
