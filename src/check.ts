import type { SecurityContext } from './auth/context.js'
import type { Config } from './config.js'
import { contextOfText } from './contexts.js'
import { type Diagnostic, PgError } from './errors.js'
import { compileModel } from './model/compile.js'
import { findMemberProblems } from './probe.js'
import { openProject, type Project, type ProjectDeps } from './project.js'

/**
 * Reports every problem of a project: of its files, and of its members in the upstream; and each cube whose rows nothing limits.
 *
 * @returns whether there was no problem
 */
export async function check(
  config: Config,
  { print, environment }: Omit<ProjectDeps, 'observe'>,
  claimsText: string | undefined,
): Promise<boolean> {
  const context = contextOfText(claimsText ?? '{}')
  const project = await openProject(config, { observe: () => undefined, print, environment })
  try {
    // An upstream that cannot be reached is no fault of any cube.
    await project.describe('SELECT 1')
    const { model, warnings } = compileForCheck(project, context.claims, claimsText)
    const problems: Diagnostic[] = []
    for (const cube of model.cubes.values()) {
      for (const { member, problem } of await findMemberProblems(cube, model, context, project.describe)) {
        const source = member === undefined ? cube.source : (cube.members.get(member)?.source ?? cube.source)
        const name = member === undefined ? `the cube "${cube.name}"` : `"${cube.name}.${member}"`
        problems.push({
          ...source,
          column: 0,
          message: `${name} fails in the upstream database: ${problem}`,
          fix: 'Mend its sql, or the upstream.',
        })
      }
    }
    for (const diagnostic of [...warnings, ...problems])
      print(`${diagnostic.file}:${diagnostic.line}: ${diagnostic.message}\n    fix: ${diagnostic.fix}`)
    for (const cube of model.cubes.values()) {
      const limited = cube.policies !== undefined || cube.claimUses.length > 0
      if (limited) continue
      const rewritten =
        project.hooks.queryRewrite === undefined
          ? 'every row is visible to everyone who can log in'
          : 'only queryRewrite of cube.js limits its rows'
      print(
        `${cube.source.file}:${cube.source.line}: the cube "${cube.name}" has no row policy: ${rewritten}`,
      )
    }
    print(
      problems.length === 0
        ? `${counted(model.cubes.size, 'cube')}, no problems`
        : counted(problems.length, 'problem'),
    )
    return problems.length === 0
  } finally {
    await project.close()
  }
}

/** A model that is compiled for each context cannot be checked without one. */
function compileForCheck(
  { files, evaluate }: Project,
  claims: SecurityContext['claims'],
  claimsText: string | undefined,
): ReturnType<typeof compileModel> {
  try {
    return compileModel(files, claims, evaluate)
  } catch (error) {
    if (!(error instanceof PgError) || claimsText !== undefined) throw error
    throw new PgError(error.condition, error.message, {
      hint: `The model uses COMPILE_CONTEXT: give the claims of a typical token, as in --claims '{"company_id":1}'.`,
    })
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
