import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { meQuery } from "@/api/auth";
import { ProblemPanel } from "@/components/problem-panel";
import { useSettled } from "@/hooks/use-settled";
import { ShellSkeleton } from "./shell-skeleton";
import { SignedInDuties } from "./signed-in-duties";

/** Everything below is for people who are signed in; others go to the sign-in and come back. */
export function RequireSignIn() {
  const { data: me, error, refetch } = useQuery(meQuery);
  const client = useQueryClient();
  const { pathname, search } = useLocation();
  const isSettled = useSettled();
  const wasSignedIn = useRef(false);

  useEffect(() => {
    if (me) wasSignedIn.current = true;
    // Nothing of the person who left stays in memory.
    if (me === null && wasSignedIn.current) {
      wasSignedIn.current = false;
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" && query.queryKey[0] !== "config" });
    }
  }, [client, me]);

  if (me === undefined) {
    return error ? <ProblemPanel cause={error} onRetry={() => void refetch()} /> : <ShellSkeleton />;
  }
  if (me === null) {
    const next = pathname + search;
    return <Navigate to={next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`} replace />;
  }
  return (
    <>
      <Outlet />
      {isSettled && <SignedInDuties />}
    </>
  );
}
