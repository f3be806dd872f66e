import type { SkepCommand } from '../usage.ts';
import { addListOption } from './options.ts';

/** What the user asked of a list. */
export interface ListOptions {
  readonly filter?: readonly string[];
  readonly format?: string;
  readonly quiet?: boolean;
}

/** Declares `--filter`, `--format` and `--quiet`. */
export function addListOptions(command: SkepCommand): SkepCommand {
  addListOption(command, '-f, --filter <key=value>', 'Show only what matches');
  command.option('--format <template>', 'table, json, or a template such as {{.ID}}');
  command.option('-q, --quiet', 'Show ids only');
  return command;
}

export interface InspectOptions {
  readonly format?: string;
  readonly pretty?: boolean;
}

/** Declares `--format` of an inspect command. */
export function addInspectOptions(command: SkepCommand): SkepCommand {
  command.option('-f, --format <template>', 'json, or a template such as {{.Spec.Name}}');
  return command;
}
