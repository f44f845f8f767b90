/** A problem of a member, with what to write instead. */
export class MemberProblem extends Error {
  readonly fix: string
  constructor(message: string, fix: string) {
    super(message)
    this.fix = fix
  }
}
