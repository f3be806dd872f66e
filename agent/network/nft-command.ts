import { spawn } from 'node:child_process';
import { ensureError, SkepError } from '../../lib/errors.ts';

/** An nft that hangs (a lock held by another program) is ended after this. */
const NFT_TIMEOUT_MS = 60_000;
/** A listing above this is cut off and counts as a mismatch: about 500,000 elements. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs nft once: `input` on its standard input, its standard output back. Rejects with INTERNAL and nft's words. */
export type RunNft = (args: readonly string[], input: string) => Promise<string>;

/** Runs the nft program; `command` may put another program in front of it, as in `nsenter … nft`. */
export function nftProgram(command: readonly string[] = ['nft']): RunNft {
  return (args, input) =>
    new Promise((resolve, reject) => {
      const [program = 'nft', ...before] = command;
      const child = spawn(program, [...before, ...args], { stdio: 'pipe', timeout: NFT_TIMEOUT_MS });
      const output: Buffer[] = [];
      const errors: Buffer[] = [];
      let outputBytes = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        outputBytes += chunk.length;
        if (outputBytes <= MAX_OUTPUT_BYTES) output.push(chunk);
      });
      child.stderr.on('data', (chunk: Buffer) => {
        if (errors.length < 16) errors.push(chunk);
      });
      child.on('error', (cause) => {
        reject(
          new SkepError('INTERNAL', `nft cannot be run: ${ensureError(cause).message}`, {
            cause,
            help: 'install nftables',
          }),
        );
      });
      child.on('close', (code) => {
        if (code === 0) resolve(Buffer.concat(output).toString());
        else
          reject(new SkepError('INTERNAL', `nft refused: ${firstLines(Buffer.concat(errors).toString())}`));
      });
      // A program that ends before it read everything says why by its exit.
      child.stdin.on('error', () => {});
      child.stdin.end(input);
    });
}

function firstLines(text: string): string {
  return text.split('\n').slice(0, 4).join(' ').trim();
}
