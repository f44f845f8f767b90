import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DiagnosticsError } from '../errors.js'
import type { ModelFile } from './definition.js'

const FOLDERS = ['model', 'schema']
const MODEL_FILE = /\.(js|ya?ml)$/

/**
 * Reads the model files of a project: everything below `model/` (or `schema/`) that ends in .js, .yml or .yaml.
 *
 * @throws DiagnosticsError if there is no such folder, or nothing in it
 */
export async function loadModelFiles(projectDir: string): Promise<readonly ModelFile[]> {
  for (const folder of FOLDERS) {
    const names = await readdir(join(projectDir, folder), { recursive: true }).catch(() => undefined)
    if (names === undefined) continue
    const paths = names.filter((name) => MODEL_FILE.test(name)).sort()
    if (paths.length === 0)
      throw problem(
        `${folder}/`,
        'there is no model file in this folder',
        'Add a file such as Orders.js or orders.yml.',
      )
    return Promise.all(
      paths.map(async (name) => ({
        path: `${folder}/${name.replaceAll('\\', '/')}`,
        text: await readFile(join(projectDir, folder, name), 'utf8'),
      })),
    )
  }
  throw problem(
    'model/',
    'the project has no model folder',
    'Put cube definitions into a folder "model" beside cube.js, or name the project with --project.',
  )
}

function problem(file: string, message: string, fix: string): DiagnosticsError {
  return new DiagnosticsError([{ file, line: 0, column: 0, message, fix }])
}
