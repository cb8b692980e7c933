interface ModuleFacts {
  isEntry: boolean;
  importedIds: readonly string[];
}

interface ChunkingContext {
  getModuleInfo: (id: string) => ModuleFacts | null;
}

/**
 * Names one chunk for everything that the entry needs before the first paint, so that the
 * browser fetches it in one request. What is reached only by `import()` is left to the bundler.
 */
export function firstLoad(entry: string): (id: string, context: ChunkingContext) => string | null {
  let reached: Set<string> | undefined;
  return (id, context) => {
    reached ??= reach(entry, context);
    return reached.has(id) || id.includes("rolldown/runtime") ? "first-load" : null;
  };
}

function reach(entry: string, context: ChunkingContext): Set<string> {
  const found = new Set([entry]);
  for (const id of found) {
    for (const imported of context.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  }
  return found;
}
