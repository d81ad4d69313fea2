import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RuntimeError } from './settings.ts';

const holderOf = (file: string): string => {
  try {
    return ` by process ${readFileSync(file, 'utf8')}`;
  } catch {
    return '';
  }
};

/**
 * Makes a data folder this runtime's own. The lock is SQLite's: the operating system lets go of it when the process
 * ends, however it ends, which a file that names a process does not.
 *
 * @throws {RuntimeError} when another runtime has it.
 */
export const lockDataFolder = (dataDir: string): { stop(): void } => {
  mkdirSync(dataDir, { recursive: true });
  const database = new DatabaseSync(join(dataDir, 'runtime.lock'));
  const pidFile = join(dataDir, 'runtime.pid');
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new RuntimeError(`${dataDir} is in use${holderOf(pidFile)}; set LOCAL_DATA_DIR to another folder`, { cause });
  }
  writeFileSync(pidFile, String(process.pid));
  return { stop: () => database.close() };
};
