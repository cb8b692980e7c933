/** Short messages at the edge of the screen. A store of its own, so that any code can speak. */
export interface Toast {
  id: number;
  tone: "done" | "problem";
  text: string;
  detail?: string | undefined;
  action?: { label: string; perform: () => void } | undefined;
}

const SHOWN_MS = { done: 4000, problem: 9000 } as const;

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function publish(next: readonly Toast[]): void {
  toasts = next;
  listeners.forEach((listener) => listener());
}

export function currentToasts(): readonly Toast[] {
  return toasts;
}

export function subscribeToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function dismissToast(id: number): void {
  publish(toasts.filter((toast) => toast.id !== id));
}

export function showToast(toast: Omit<Toast, "id">): void {
  const id = nextId++;
  publish([...toasts.slice(-2), { ...toast, id }]);
  setTimeout(() => dismissToast(id), SHOWN_MS[toast.tone]);
}
