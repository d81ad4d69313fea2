import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RuntimeError } from './settings.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const readPid = (file: string): number | undefined => {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/**
 * Makes a data folder this process's own. The lock of a process that was killed is taken over.
 *
 * @throws {RuntimeError} when another running process has it.
 */
export const lockDataFolder = (dataDir: string): { stop(): void } => {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'runtime.pid');
  const holder = readPid(file);
  if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
    throw new RuntimeError(`${dataDir} is in use by process ${holder}; set LOCAL_DATA_DIR to another folder`);
  }
  writeFileSync(file, String(process.pid));
  return { stop: () => rmSync(file, { force: true }) };
};
