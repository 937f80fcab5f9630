/**
 * The form that a request of htmx sent, or null. A link or a search inside a form asks for something else: its good answer says nothing of what
 * stands in that form.
 */
export function sentForm(ctx) {
  const source = ctx?.sourceElement;
  return source?.matches?.("form") && ctx.request?.method?.toUpperCase() === "POST" ? source : null;
}
