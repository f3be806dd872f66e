export const skep: { readonly v1: Readonly<Record<string, unknown>> };
