import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Environment } from './config.js'
import { DiagnosticsError } from './errors.js'

/**
 * The variables of a project: those of its `.env`, as in Cube, under those of the process, which win.
 *
 * @throws DiagnosticsError if there is a `.env` that cannot be read
 */
export function readEnvironment(projectDir: string, environment: Environment): Environment {
  return { ...readFile(join(projectDir, '.env')), ...environment }
}

function readFile(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8')) as Environment
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw new DiagnosticsError([
      {
        file: '.env',
        line: 0,
        column: 0,
        message: 'the file cannot be read',
        fix: 'Make it readable, or remove it.',
      },
    ])
  }
}
