import { Option } from 'commander';

import { type SkepCommand, UsageError } from '../usage.ts';

/** Collects the values of a flag that may be repeated. */
export function appendValue(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** A flag that may be repeated; its values come as a list in the order given. */
export function addListOption(command: SkepCommand, flags: string, description: string): void {
  command.addOption(new Option(flags, description).argParser(appendValue));
}

/**
 * A flag that is on, off (`--autolock=false`) or not given. Plain flags know no off: there `=false` is as if the
 * flag were absent.
 */
export function addSwitchOption(command: SkepCommand, flag: string, description: string): void {
  command.option(`${flag} [true|false]`, description);
}

/** A flag without a value that is on unless `--flag=false` takes it back; undefined when it was not given. */
export function addDefaultOnOption(command: SkepCommand, flags: string, description: string): void {
  const option = new Option(flags, description);
  command.addOption(option);
  command.addOption(new Option(`--no-${option.name()}`).hideHelp().default(undefined));
}

/** Flags that Docker has and Skep has not: refused by name, so that nobody takes them for a slip. */
export function addUnsupportedOptions(command: SkepCommand, names: readonly string[]): void {
  for (const name of names) {
    const refuse = () => {
      throw new UsageError(`--${name} is not supported by Skep`);
    };
    command.addOption(new Option(`--${name} [value]`).hideHelp().argParser(refuse));
    command.on(`option:${name}`, refuse);
  }
}
