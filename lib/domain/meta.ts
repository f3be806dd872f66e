/** What the store keeps about every object besides its content. */
export interface Meta {
  /** 25 characters of base 36, chosen at random. */
  readonly id: string;
  /** Log index of the entry that wrote this version; 0 until the store has committed the object. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type Labels = Readonly<Record<string, string>>;
