/** The shapes of one's own credentials, and of what an administrator does about others'. */
import type { components } from "./schema.gen";

type Shapes = components["schemas"];

/** The first half of a sign-in is done; the code is still to come. */
export type Challenge = Shapes["ChallengeOut"];
export type SignIn = Shapes["SignInOut"];
export type Scope = Shapes["ScopeName"];
/** The token itself is in the answer that makes it, and never again. */
export type AccessToken = Shapes["TokenOut"];
export type SecondFactor = Shapes["SecondFactorOut"];
/** A link with which somebody sets a new password. */
export type ResetLink = Shapes["ResetLinkOut"];
