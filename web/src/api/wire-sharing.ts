/** The shapes of shared sessions: who was let in, and who watches. */
import type { components } from "./schema.gen";

type Shapes = components["schemas"];

export type SharePermission = Shapes["PermissionName"];
/** The address of a link is in the answer that makes it, and never again. */
export type Share = Shapes["ShareOut"];
export type Viewer = Shapes["ViewerOut"];
/** Coming by a link that asks the owner first. */
export type JoinStanding = Shapes["JoinOut"];
