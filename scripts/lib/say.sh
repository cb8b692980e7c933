# shellcheck shell=bash
# Headings, timings and plain endings. Sourced by the scripts beside this folder.

section_name=""
section_began=0
run_began=$SECONDS

# Ends the open section and begins the next one.
section() {
  end_section
  section_name=$1
  section_began=$SECONDS
  printf '\n== %s ==\n' "$section_name"
}

end_section() {
  if [ -n "$section_name" ]; then
    printf -- '-- %s: %d s\n' "$section_name" "$((SECONDS - section_began))"
    section_name=""
  fi
}

# Names the section that failed, so that the last line of a long log says where to look.
say_how_it_ended() {
  local code=$?
  if [ "$code" -ne 0 ] && [ -n "$section_name" ]; then
    printf '\nFAILED in "%s" after %d s (exit code %d).\n' \
      "$section_name" "$((SECONDS - run_began))" "$code" >&2
  fi
}

# Prints a problem with its remedy, and ends.
die() {
  {
    echo
    printf '%s\n' "$@"
  } >&2
  exit 1
}
